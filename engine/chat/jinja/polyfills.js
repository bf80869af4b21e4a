// SPDX-License-Identifier: MIT
// What the Jinja library uses and ES5 lacks, no more. Plain ES5; runs before the library in a heap of its own, so it
// may change built-in objects.
(function () {
    "use strict";

    function define(object, name, value) {
        Object.defineProperty(object, name, { value: value, writable: true, configurable: true });
    }

    // --- Map and Set: in order of insertion; keys that are strings are found in constant time -----------------------

    function List() {
        this.keys = [];
        this.values = [];
        this.strings = Object.create(null); // "$key": index
    }
    function find(list, key) {
        if (typeof key === "string") {
            var at = list.strings["$" + key];
            return at === undefined ? -1 : at;
        }
        return list.keys.indexOf(key);
    }
    function put(list, key, value) {
        var at = find(list, key);
        if (at < 0) {
            at = list.keys.length;
            list.keys.push(key);
            if (typeof key === "string") {
                list.strings["$" + key] = at;
            }
        }
        list.values[at] = value;
    }
    function remove(list, key) {
        var at = find(list, key);
        if (at < 0) {
            return false;
        }
        list.keys.splice(at, 1);
        list.values.splice(at, 1);
        list.strings = Object.create(null);
        for (var i = 0; i < list.keys.length; ++i) {
            if (typeof list.keys[i] === "string") {
                list.strings["$" + list.keys[i]] = i;
            }
        }
        return true;
    }
    function each(items, visit) {
        if (items === undefined || items === null) {
            return;
        }
        if (typeof items[Symbol.iterator] === "function") {
            var iterator = items[Symbol.iterator]();
            for (var step = iterator.next(); !step.done; step = iterator.next()) {
                visit(step.value);
            }
            return;
        }
        for (var i = 0; i < items.length; ++i) {
            visit(items[i]);
        }
    }
    function iterate(length, get) {
        var at = 0;
        var iterator = {
            next: function () {
                return at < length() ? { value: get(at++), done: false } : { value: undefined, done: true };
            },
        };
        iterator[Symbol.iterator] = function () {
            return iterator;
        };
        return iterator;
    }

    function AtelierMap(entries) {
        define(this, "list", new List());
        var list = this.list;
        each(entries, function (entry) {
            put(list, entry[0], entry[1]);
        });
    }
    AtelierMap.prototype = {
        constructor: AtelierMap,
        get size() {
            return this.list.keys.length;
        },
        has: function (key) {
            return find(this.list, key) >= 0;
        },
        get: function (key) {
            var at = find(this.list, key);
            return at < 0 ? undefined : this.list.values[at];
        },
        set: function (key, value) {
            put(this.list, key, value);
            return this;
        },
        delete: function (key) {
            return remove(this.list, key);
        },
        keys: function () {
            var list = this.list;
            return iterate(
                function () {
                    return list.keys.length;
                },
                function (at) {
                    return list.keys[at];
                }
            );
        },
        values: function () {
            var list = this.list;
            return iterate(
                function () {
                    return list.keys.length;
                },
                function (at) {
                    return list.values[at];
                }
            );
        },
        entries: function () {
            var list = this.list;
            return iterate(
                function () {
                    return list.keys.length;
                },
                function (at) {
                    return [list.keys[at], list.values[at]];
                }
            );
        },
    };
    AtelierMap.prototype[Symbol.iterator] = AtelierMap.prototype.entries;

    function AtelierSet(items) {
        define(this, "list", new List());
        var list = this.list;
        each(items, function (item) {
            put(list, item, true);
        });
    }
    AtelierSet.prototype = {
        constructor: AtelierSet,
        has: AtelierMap.prototype.has,
        delete: AtelierMap.prototype.delete,
        values: AtelierMap.prototype.keys,
        add: function (item) {
            put(this.list, item, true);
            return this;
        },
    };
    AtelierSet.prototype[Symbol.iterator] = AtelierMap.prototype.keys;

    this.Map = AtelierMap;
    this.Set = AtelierSet;

    // --- Object, Array, Number, Math ---------------------------------------------------------------------------------

    define(Object, "entries", function (object) {
        return Object.keys(object).map(function (key) {
            return [key, object[key]];
        });
    });
    define(Object, "values", function (object) {
        return Object.keys(object).map(function (key) {
            return object[key];
        });
    });
    define(Array, "from", function (items, convert) {
        var result = [];
        each(items, function (item) {
            result.push(convert ? convert(item, result.length) : item);
        });
        return result;
    });
    define(Array.prototype, "find", function (test) {
        for (var i = 0; i < this.length; ++i) {
            if (test(this[i])) {
                return this[i];
            }
        }
        return undefined;
    });
    define(Array.prototype, "includes", function (item) {
        return this.indexOf(item) >= 0;
    });
    function at(index) {
        return this[index < 0 ? this.length + index : index];
    }
    define(Array.prototype, "at", at);
    define(String.prototype, "at", at);
    define(Number, "isInteger", function (value) {
        return typeof value === "number" && isFinite(value) && Math.floor(value) === value;
    });
    define(Number, "isFinite", function (value) {
        return typeof value === "number" && isFinite(value);
    });
    define(Math, "sign", function (value) {
        return value > 0 ? 1 : value < 0 ? -1 : 0;
    });

    // --- String: white space is what Python takes for it ------------------------------------------------------------

    var space = Object.create(null);
    var spaces =
        "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
        "\u2028\u2029\u202f\u205f\u3000";
    for (var i = 0; i < spaces.length; ++i) {
        space[spaces.charAt(i)] = true;
    }
    function strip(text, characters, atStart, atEnd) {
        var set = space;
        if (characters !== undefined) {
            set = Object.create(null);
            for (var at = 0; at < characters.length; ++at) {
                set[characters.charAt(at)] = true;
            }
        }
        var begin = 0;
        var end = text.length;
        while (atStart && begin < end && set[text.charAt(begin)]) {
            ++begin;
        }
        while (atEnd && end > begin && set[text.charAt(end - 1)]) {
            --end;
        }
        return text.slice(begin, end);
    }
    this.atelierStrip = strip;
    define(String.prototype, "trim", function () {
        return strip(String(this), undefined, true, true);
    });
    define(String.prototype, "trimStart", function () {
        return strip(String(this), undefined, true, false);
    });
    define(String.prototype, "trimEnd", function () {
        return strip(String(this), undefined, false, true);
    });
    define(String.prototype, "padStart", function (length, fill) {
        var text = String(this);
        while (text.length < length) {
            text = fill + text;
        }
        return text;
    });
    define(String.prototype, "repeat", function (count) {
        if (count * this.length > 1000000) {
            throw new Error("a text would be repeated too often");
        }
        return new Array(Math.max(count, 0) + 1).join(this);
    });

    // --- In place of parts of the library (bundle.mjs) ----------------------------------------------------------------

    // The longest text from `from` on without the start of a tag.
    this.atelierTextUntilTag = function (source, from) {
        for (var at = source.indexOf("{", from); at >= 0; at = source.indexOf("{", at + 1)) {
            var next = source.charAt(at + 1);
            if (next === "%" || next === "{" || next === "#") {
                return source.slice(from, at);
            }
        }
        return source.slice(from);
    };

    // Spaces and tabs between the start of a line and a block go.
    this.atelierLstripBlocks = function (source) {
        return source
            .split("\n")
            .map(function (line) {
                var at = 0;
                while (line.charAt(at) === " " || line.charAt(at) === "\t") {
                    ++at;
                }
                var next = line.charAt(at + 1);
                var isBlock = line.charAt(at) === "{" && (next === "#" || next === "%");
                return at > 0 && isBlock ? line.slice(at) : line;
            })
            .join("\n");
    };

    // {% generation %} and {% endgeneration %} mark what a training loop learns from; they print nothing.
    this.atelierRemoveGeneration = function (source) {
        if (source.indexOf("generation") < 0) {
            return source;
        }
        var parts = [];
        var rest = 0;
        var tag = /\{%(-?)\s*(?:end)?generation\s*(-?)%\}/g;
        for (var match = tag.exec(source); match; match = tag.exec(source)) {
            var before = source.slice(rest, match.index);
            parts.push(match[1] ? before.trimEnd() : before);
            rest = match.index + match[0].length;
            while (match[2] && space[source.charAt(rest)]) {
                ++rest;
            }
            tag.lastIndex = rest;
        }
        parts.push(source.slice(rest));
        return parts.join("");
    };

    this.atelierReplace = function (text, from, to, count) {
        var parts = from === "" ? [""].concat(Array.from(text), [""]) : text.split(from);
        var result = [];
        for (var at = 0; at < parts.length; ++at) {
            if (at > 0) {
                result.push(at <= count ? to : from);
            }
            result.push(parts[at]);
        }
        return result.join("");
    };

    this.atelierWords = function (text) {
        var words = [];
        for (var at = 0; at < text.length; ) {
            var begin = at;
            while (at < text.length && !space[text.charAt(at)]) {
                ++at;
            }
            if (at > begin) {
                words.push({ 0: text.slice(begin, at), index: begin });
            }
            ++at;
        }
        return words;
    };
}).call(this);
