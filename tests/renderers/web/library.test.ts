// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fonts, packages } from "../../../resources/web/library/packages.mjs";

const kFree = /^(0BSD|Apache-2\.0|BSD-[23]-Clause|CC-BY-4\.0|ISC|LGPL-2\.1|MIT|MPL-2\.0|OFL-1\.1)$/;

interface Manifest {
    version: string;
    license: string;
}

const folders: string[] = [
    ...packages.map((entry: { name: string; from?: string }) => entry.from ?? entry.name),
    ...(Object.values(fonts) as string[]),
];
const readme = readFileSync("resources/web/library/README.md", "utf8");
const wanted = JSON.parse(readFileSync("package.json", "utf8")).dependencies;

for (const folder of new Set(folders)) {
    test(`${folder} is free, pinned and listed`, () => {
        const manifest = JSON.parse(
            readFileSync(`node_modules/${folder}/package.json`, "utf8"),
        ) as Manifest;
        const licence = manifest.license.replace(/[()]/g, "");
        for (const part of licence.split(/ AND | OR /)) {
            assert.match(part, kFree);
        }
        assert.match(wanted[folder] ?? "", /^(npm:.+@)?\d+\.\d+\.\d+$/);
        assert.ok(readme.includes(`| ${manifest.version} | ${licence} |`), "not in the README");
    });
}
