// SPDX-License-Identifier: MIT
import { parseCsv } from "./records";
import { runTable } from "./table";

runTable(parseCsv, () => undefined);
