// SPDX-License-Identifier: MIT
// What artifacts find when they ask a CDN for a library. One entry for each bundled version:
//
//   name     as on npm: what a URL asks for
//   from     folder in node_modules, when it is not `name` (an alias in package.json)
//   also     other names: of cdnjs and its mirrors, "gh:owner/repository"; in any case
//   main     the script that a URL without a path gets
//   style    the style sheet that stands in for one we do not have under its own name
//   files    copied as they are; "*" stands for any part of a file's name
//   modules  bundled as ES modules: "." is the package itself, others are paths inside it
//   pack     "python": in a pack of its own, which is read only when it is asked for
//   cjs      the modules are CommonJS: their exports are listed by loading them
//
// Of several versions the first answers a URL that names none.

const threeAddons = [
    "animation", "controls", "curves", "effects", "environments", "exporters", "geometries",
    "helpers", "interactive", "lights", "lines", "loaders", "materials", "math", "misc",
    "modifiers", "objects", "postprocessing", "shaders", "textures", "utils",
];
const threeLegacy = [
    "animation", "controls", "curves", "effects", "exporters", "geometries", "helpers", "lines",
    "loaders", "math", "misc", "modifiers", "objects", "postprocessing", "shaders", "utils",
];

const d3Parts = [
    "array", "axis", "brush", "chord", "color", "contour", "delaunay", "dispatch", "drag", "dsv",
    "ease", "fetch", "force", "format", "geo", "hierarchy", "interpolate", "path", "polygon",
    "quadtree", "random", "scale", "scale-chromatic", "selection", "shape", "time", "time-format",
    "timer", "transition", "zoom",
];

export const packages = [
    // Frameworks
    {
        name: "react",
        main: "umd/react.production.min.js",
        files: ["umd/react.development.js", "umd/react.production.min.js"],
        modules: [".", "jsx-runtime", "jsx-dev-runtime"],
        cjs: true,
    },
    {
        name: "react-dom",
        main: "umd/react-dom.production.min.js",
        files: ["umd/react-dom.development.js", "umd/react-dom.production.min.js"],
        modules: [".", "client"],
        cjs: true,
    },
    { name: "react-is", modules: ["."], cjs: true },
    { name: "prop-types", main: "prop-types.min.js", files: ["prop-types.min.js", "prop-types.js"] },
    { name: "react-router-dom", modules: ["."] },
    { name: "recharts", main: "umd/Recharts.js", files: ["umd/Recharts.js"], modules: ["."] },
    { name: "framer-motion", also: ["motion"], modules: ["."] },
    { name: "lucide-react", modules: ["."] },
    { name: "zustand", modules: [".", "middleware"] },
    {
        name: "@babel/standalone",
        also: ["babel-standalone", "babel-core"],
        main: "babel.min.js",
        files: ["babel.min.js"],
    },
    {
        name: "vue",
        also: ["gh:vuejs/core"],
        main: "dist/vue.global.js",
        files: ["dist/vue.global.js", "dist/vue.global.prod.js", "dist/vue.runtime.global.prod.js"],
        modules: ["dist/vue.esm-browser.js"],
        module: "dist/vue.esm-browser.js", // templates are compiled in the page
    },
    { name: "vue", from: "vue-2", main: "dist/vue.js", files: ["dist/vue.js", "dist/vue.min.js"] },
    { name: "alpinejs", main: "dist/cdn.min.js", files: ["dist/cdn.min.js"], modules: ["."] },
    { name: "htmx.org", also: ["htmx"], main: "dist/htmx.min.js", files: ["dist/htmx.min.js"] },
    { name: "jquery", main: "dist/jquery.min.js", files: ["dist/jquery.js", "dist/jquery.min.js", "dist/jquery.slim.min.js"], modules: ["."], cjs: true },

    // Style
    {
        name: "@tailwindcss/browser",
        from: "tailwindcss",
        built: { "tailwind4.js": "tailwind/tailwind4.js" },
        main: "tailwind4.js",
    },
    {
        name: "tailwindcss",
        also: ["tailwindcss-cdn", "@tailwindcss/cdn"],
        built: { "tailwind.js": "tailwind/tailwind3.js" },
        files: ["src/css/preflight.css"],
        main: "tailwind.js",
        style: "src/css/preflight.css",
    },
    {
        name: "bootstrap",
        also: ["twitter-bootstrap", "gh:twbs/bootstrap"],
        main: "dist/js/bootstrap.bundle.min.js",
        style: "dist/css/bootstrap.min.css",
        files: [
            "dist/js/bootstrap.bundle.min.js", "dist/js/bootstrap.min.js", "dist/css/bootstrap.min.css",
            "dist/css/bootstrap-grid.min.css", "dist/css/bootstrap-reboot.min.css",
            "dist/css/bootstrap-utilities.min.css", "dist/css/bootstrap.rtl.min.css",
        ],
        modules: ["."],
    },
    {
        name: "bootstrap",
        from: "bootstrap-4",
        main: "dist/js/bootstrap.bundle.min.js",
        style: "dist/css/bootstrap.min.css",
        files: ["dist/js/bootstrap.bundle.min.js", "dist/js/bootstrap.min.js", "dist/css/bootstrap.min.css"],
    },
    { name: "@popperjs/core", also: ["popper.js", "popperjs"], main: "dist/umd/popper.min.js", files: ["dist/umd/popper.min.js"], modules: ["."] },
    {
        name: "bootstrap-icons",
        style: "font/bootstrap-icons.min.css",
        files: ["font/bootstrap-icons.css", "font/bootstrap-icons.min.css", "font/fonts/bootstrap-icons.woff2"],
    },
    {
        name: "@fortawesome/fontawesome-free",
        also: ["font-awesome", "fontawesome", "gh:fortawesome/font-awesome"],
        built: { "css/all-with-old-names.min.css": "styles/font_awesome.css", "js/kit.js": "styles/font_awesome_kit.js" },
        main: "js/kit.js",
        style: "css/all-with-old-names.min.css", // knows the names of versions 4 and 5 too
        files: [
            "css/all.css", "css/all.min.css", "css/fontawesome.min.css", "css/solid.min.css", "css/regular.min.css",
            "css/brands.min.css", "css/v4-shims.min.css", "css/v4-font-face.min.css", "css/v5-font-face.min.css",
            "webfonts/*.woff2",
        ],
    },
    {
        name: "material-icons",
        also: ["material-design-icons", "material-design-icons-iconfont"],
        style: "iconfont/material-icons.css",
        files: ["iconfont/material-icons.css", "iconfont/filled.css", "iconfont/outlined.css", "iconfont/round.css", "iconfont/sharp.css", "iconfont/*.woff2"],
    },
    { name: "lucide", main: "dist/umd/lucide.min.js", files: ["dist/umd/lucide.js", "dist/umd/lucide.min.js"], modules: ["."] },
    { name: "animate.css", also: ["animate"], style: "animate.min.css", files: ["animate.css", "animate.min.css", "animate.compat.css"] },
    { name: "normalize.css", also: ["normalize"], style: "normalize.css", files: ["normalize.css"] },
    { name: "aos", main: "dist/aos.js", style: "dist/aos.css", files: ["dist/aos.js", "dist/aos.css"] },
    { name: "swiper", main: "swiper-bundle.min.js", style: "swiper-bundle.min.css", files: ["swiper-bundle.min.js", "swiper-bundle.min.css"], modules: ["bundle"], module: "bundle" },

    // Charts and data
    { name: "chart.js", also: ["chartjs"], main: "dist/chart.umd.js", files: ["dist/chart.umd.js"], modules: [".", "auto", "helpers"], module: "auto" },
    { name: "chart.js", from: "chart.js-3", main: "dist/chart.min.js", files: ["dist/chart.min.js"] },
    { name: "chart.js", from: "chart.js-2", main: "dist/Chart.min.js", style: "dist/Chart.min.css", files: ["dist/Chart.min.js", "dist/Chart.bundle.min.js", "dist/Chart.min.css"] },
    { name: "d3", also: ["d3js", ...d3Parts.map((part) => `d3-${part}`)], main: "dist/d3.min.js", files: ["dist/d3.js", "dist/d3.min.js"], modules: ["."] },
    { name: "echarts", main: "dist/echarts.min.js", files: ["dist/echarts.js", "dist/echarts.min.js"], modules: [".", "core", "charts", "components", "renderers", "features"] },
    { name: "plotly.js-dist-min", also: ["plotly.js", "plotly.js-dist", "plotly.js-basic-dist-min", "plotly.js-basic-dist", "plotly"], main: "plotly.min.js", files: ["plotly.min.js"] },
    {
        name: "pyodide",
        main: "pyodide.js",
        files: ["pyodide.js", "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip"],
        pack: "python",
    },
    { name: "mathjs", main: "lib/browser/math.js", files: ["lib/browser/math.js"], modules: ["."] },
    { name: "papaparse", main: "papaparse.min.js", files: ["papaparse.min.js"], modules: ["."], cjs: true },

    // Graphics, motion, sound
    {
        name: "three",
        also: ["three.js", "threejs", "gh:mrdoob/three.js"],
        main: "build/three.min.js",
        files: ["build/three.js", "build/three.min.js", "examples/fonts/helvetiker_*.typeface.json"],
        modules: [
            ".",
            ...threeAddons.map((folder) => `examples/jsm/${folder}/*.js`),
            "examples/jsm/libs/lil-gui.module.min.js",
            "examples/jsm/libs/stats.module.js",
            "examples/jsm/libs/tween.module.js",
            "examples/jsm/libs/fflate.module.js",
        ],
        moduleNames: { "build/three.module.js": ".", "build/three.module.min.js": ".", "addons/": "examples/jsm/" },
    },
    {
        name: "three",
        from: "three-r128",
        main: "build/three.min.js",
        files: ["build/three.js", "build/three.min.js", ...threeLegacy.map((folder) => `examples/js/${folder}/*.js`), "examples/js/libs/dat.gui.min.js", "examples/js/libs/stats.min.js"],
    },
    { name: "p5", also: ["p5.js", "p5js"], main: "lib/p5.min.js", files: ["lib/p5.min.js", "lib/addons/p5.sound.min.js"], modules: ["."] },
    { name: "matter-js", also: ["matter"], main: "build/matter.min.js", files: ["build/matter.js", "build/matter.min.js"], modules: ["."], cjs: true },
    { name: "cannon-es", modules: ["."] },
    { name: "konva", main: "konva.min.js", files: ["konva.js", "konva.min.js"], modules: ["."] },
    { name: "animejs", also: ["anime", "anime.js"], main: "dist/bundles/anime.umd.min.js", files: ["dist/bundles/anime.umd.min.js"], modules: ["."] },
    { name: "animejs", from: "animejs-3", main: "lib/anime.min.js", files: ["lib/anime.js", "lib/anime.min.js"], modules: ["lib/anime.es.js"], module: "lib/anime.es.js" },
    { name: "@tweenjs/tween.js", also: ["tween.js", "tween"], main: "dist/tween.umd.js", files: ["dist/tween.umd.js"], modules: ["."] },
    { name: "canvas-confetti", main: "dist/confetti.browser.js", files: ["dist/confetti.browser.js"], modules: ["."] },
    { name: "lil-gui", main: "dist/lil-gui.umd.min.js", files: ["dist/lil-gui.umd.js", "dist/lil-gui.umd.min.js"], modules: ["."] },
    { name: "dat.gui", also: ["dat-gui"], main: "build/dat.gui.min.js", files: ["build/dat.gui.js", "build/dat.gui.min.js"], modules: ["."] },
    { name: "stats.js", also: ["stats"], main: "build/stats.min.js", files: ["build/stats.min.js"] },
    { name: "tone", also: ["tone.js"], main: "build/Tone.js", files: ["build/Tone.js"], modules: ["."] },
    { name: "howler", main: "dist/howler.min.js", files: ["dist/howler.js", "dist/howler.min.js"] },
    {
        name: "leaflet",
        main: "dist/leaflet.js",
        style: "dist/leaflet.css",
        files: ["dist/leaflet.js", "dist/leaflet-src.js", "dist/leaflet.css", "dist/images/*.png"],
        modules: ["dist/leaflet-src.esm.js"],
        module: "dist/leaflet-src.esm.js",
    },

    // Text
    {
        name: "katex",
        main: "dist/katex.min.js",
        style: "dist/katex.min.css",
        files: ["dist/katex.js", "dist/katex.min.js", "dist/katex.css", "dist/katex.min.css", "dist/contrib/*.min.js", "dist/contrib/auto-render.js", "dist/fonts/*.woff2"],
        modules: [".", "dist/contrib/auto-render.mjs"],
    },
    { name: "mathjax", main: "es5/tex-mml-chtml.js", files: ["es5/tex-mml-chtml.js", "es5/tex-chtml.js", "es5/tex-svg.js", "es5/output/chtml/fonts/woff-v2/*.woff"] },
    { name: "mermaid", main: "dist/mermaid.min.js", files: ["dist/mermaid.min.js"], modules: ["."] },
    { name: "marked", main: "marked.min.js", files: ["marked.min.js"], modules: ["."] },
    {
        name: "@highlightjs/cdn-assets",
        also: ["highlight.js", "highlightjs", "gh:highlightjs/cdn-release"],
        main: "highlight.min.js",
        style: "styles/default.min.css",
        files: ["highlight.js", "highlight.min.js", "languages/*.min.js", "styles/*.min.css", "styles/base16/*.min.css"],
        modules: ["es/core.min.js", "es/highlight.min.js"],
        module: "es/highlight.min.js",
    },
    { name: "prismjs", also: ["prism"], main: "prism.js", style: "themes/prism.css", files: ["prism.js", "themes/*.min.css", "themes/prism.css", "components/prism-*.min.js", "plugins/autoloader/*.min.js", "plugins/line-numbers/*.min.*"] },

    // Helpers
    { name: "lodash", also: ["lodash.js"], main: "lodash.min.js", files: ["lodash.js", "lodash.min.js"], modules: ["."], cjs: true },
    { name: "lodash-es", from: "lodash", modules: ["."], cjs: true },
    { name: "dayjs", main: "dayjs.min.js", files: ["dayjs.min.js", "locale/zh-cn.js", "plugin/*.js"], modules: ["."], cjs: true },
    { name: "moment", also: ["moment.js"], main: "min/moment.min.js", files: ["min/moment.min.js", "min/moment-with-locales.min.js"], modules: ["."], cjs: true },
    { name: "axios", main: "dist/axios.min.js", files: ["dist/axios.js", "dist/axios.min.js"], modules: ["."] },
    { name: "sortablejs", also: ["sortable"], main: "Sortable.min.js", files: ["Sortable.js", "Sortable.min.js"], modules: ["."] },
    { name: "html2canvas", main: "dist/html2canvas.min.js", files: ["dist/html2canvas.js", "dist/html2canvas.min.js"], modules: ["."] },
];

// Fonts that fonts.googleapis.com is asked for most: family -> package. Latin letters; the
// system's fonts have the others.
export const fonts = {
    Inter: "@fontsource-variable/inter",
    Roboto: "@fontsource-variable/roboto",
    "Open Sans": "@fontsource-variable/open-sans",
    Montserrat: "@fontsource-variable/montserrat",
    "Playfair Display": "@fontsource-variable/playfair-display",
    "JetBrains Mono": "@fontsource-variable/jetbrains-mono",
    Nunito: "@fontsource-variable/nunito",
    Raleway: "@fontsource-variable/raleway",
    Poppins: "@fontsource/poppins",
    Lato: "@fontsource/lato",
};

// Why a library that pages often ask for is not here.
export const absent = {
    gsap: "GSAP is not bundled: its licence is not a free one. CSS animations, the Web Animations API and anime.js are there.",
};
