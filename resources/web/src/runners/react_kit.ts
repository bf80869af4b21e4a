// SPDX-License-Identifier: MIT
// Stand-ins for the shadcn/ui components that models import as "@/components/ui/...": plain
// elements in the same clothes. And cn() of "@/lib/utils".

interface Maker {
    createElement(type: unknown, props?: object | null, ...children: unknown[]): unknown;
}

type Props = Record<string, unknown> & { className?: string; children?: unknown };

// Component -> [element, classes]
const kPlain: Record<string, [string, string]> = {
    Card: ["div", "rounded-xl border border-gray-200 bg-white text-gray-950 shadow-sm"],
    CardHeader: ["div", "flex flex-col space-y-1.5 p-6"],
    CardTitle: ["h3", "text-xl font-semibold leading-none tracking-tight"],
    CardDescription: ["p", "text-sm text-gray-500"],
    CardContent: ["div", "p-6 pt-0"],
    CardFooter: ["div", "flex items-center p-6 pt-0"],
    Input: ["input", "flex h-10 w-full rounded-md border border-gray-300 bg-white px-3 py-2 text-sm focus:outline-none focus:ring-2 focus:ring-gray-400"],
    Textarea: ["textarea", "flex min-h-[80px] w-full rounded-md border border-gray-300 bg-white px-3 py-2 text-sm"],
    Label: ["label", "text-sm font-medium leading-none"],
    Badge: ["span", "inline-flex items-center rounded-full border px-2.5 py-0.5 text-xs font-semibold bg-gray-100"],
    Alert: ["div", "relative w-full rounded-lg border border-gray-200 p-4 text-sm"],
    AlertTitle: ["h5", "mb-1 font-medium leading-none tracking-tight"],
    AlertDescription: ["div", "text-sm"],
    Separator: ["div", "h-px w-full bg-gray-200"],
    Skeleton: ["div", "animate-pulse rounded-md bg-gray-100"],
    ScrollArea: ["div", "relative overflow-auto"],
    Table: ["table", "w-full caption-bottom text-sm"],
    TableHeader: ["thead", "border-b"],
    TableBody: ["tbody", ""],
    TableRow: ["tr", "border-b"],
    TableHead: ["th", "h-12 px-4 text-left align-middle font-medium text-gray-500"],
    TableCell: ["td", "p-4 align-middle"],
};

const kButtons: Record<string, string> = {
    default: "bg-gray-900 text-white hover:bg-gray-800",
    destructive: "bg-red-600 text-white hover:bg-red-500",
    outline: "border border-gray-300 bg-white hover:bg-gray-50",
    secondary: "bg-gray-100 text-gray-900 hover:bg-gray-200",
    ghost: "hover:bg-gray-100",
    link: "text-gray-900 underline-offset-4 hover:underline",
};
const kButtonSizes: Record<string, string> = {
    default: "h-10 px-4 py-2",
    sm: "h-9 px-3",
    lg: "h-11 px-8",
    icon: "h-10 w-10",
};

// Of two classes that say the same thing the later counts, as with the real kit.
const kOneOf = /^((?:[a-z]+:)*)(bg|p|px|py|pt|pb|m|mx|my|mt|mb|w|h|gap|rounded|shadow)-/;

function merged(names: string[]): string {
    const taken = new Set<string>();
    const kept: string[] = [];
    for (const name of names.join(" ").split(/\s+/).reverse()) {
        const group = kOneOf.exec(name)?.[0];
        if (!group || !taken.has(group)) {
            kept.unshift(name);
        }
        if (group) {
            taken.add(group);
        }
    }
    return kept.join(" ");
}

function classNames(...values: unknown[]): string {
    const names: string[] = [];
    for (const value of values) {
        if (Array.isArray(value)) {
            names.push(classNames(...(value as unknown[])));
        } else if (typeof value === "object" && value !== null) {
            names.push(...Object.entries(value).filter(([, on]) => on).map(([name]) => name));
        } else if (value) {
            names.push(String(value));
        }
    }
    return merged(names);
}

// null when it is not a module of that kit.
export function kitModule(name: string, react: Maker): Record<string, unknown> | null {
    if (/^@\/lib\/utils$/.test(name)) {
        return { cn: classNames };
    }
    if (!/^@\/components\/ui\//.test(name)) {
        return null;
    }
    const kit: Record<string, unknown> = {};
    for (const [component, [tag, classes]] of Object.entries(kPlain)) {
        kit[component] = ({ className, variant: _variant, ...props }: Props) =>
            react.createElement(tag, { ...props, className: classNames(classes, className) });
    }
    kit["Button"] = ({ className, variant, size, asChild: _asChild, ...props }: Props) =>
        react.createElement("button", {
            ...props,
            className: classNames(
                "inline-flex items-center justify-center gap-2 rounded-md text-sm font-medium transition-colors disabled:opacity-50",
                kButtons[String(variant ?? "default")],
                kButtonSizes[String(size ?? "default")],
                className,
            ),
        });
    kit["Progress"] = ({ className, value }: Props) =>
        react.createElement(
            "div",
            { className: classNames("relative h-3 w-full overflow-hidden rounded-full bg-gray-200", className) },
            react.createElement("div", {
                className: "h-full bg-gray-900 transition-all",
                style: { width: `${Number(value ?? 0)}%` },
            }),
        );
    kit["Switch"] = ({ checked, onCheckedChange }: Props) =>
        react.createElement("input", {
            type: "checkbox",
            role: "switch",
            checked: Boolean(checked),
            onChange: (event: { target: { checked: boolean } }) =>
                (onCheckedChange as ((on: boolean) => void) | undefined)?.(event.target.checked),
        });
    return kit;
}
