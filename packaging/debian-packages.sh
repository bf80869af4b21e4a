# SPDX-License-Identifier: MIT
# What Debian and Ubuntu machines need, in one place; read by ./run and ./test.
# shellcheck shell=bash disable=SC2034

# To build and run.
atelier_packages=(
    g++ cmake ninja-build ccache pkg-config
    qt6-base-dev qt6-webengine-dev qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools qt6-svg-dev
    libqt6sql6-sqlite libqt6svg6 qt6-qpa-plugins qt6-translations-l10n
    libgl-dev libvulkan-dev glslc
    libpcre2-dev nlohmann-json3-dev duktape-dev
    fonts-dejavu-core fonts-noto-core fonts-noto-cjk
)

# For ./test on top: the formatter that defines the style, a display for tests that need one, the
# emulation that checks AVX-512 kernels where there is no AVX-512, and a Vulkan driver that needs no
# graphics card.
atelier_test_packages=(clang-format-14 xvfb xauth libsimde-dev mesa-vulkan-drivers)

# Node.js bundles the web pages. A newer one that is already there is as good as Debian's.
atelier_node_packages=(nodejs npm)

# install_missing PACKAGE...: installs what is not there yet, says so first, asks for sudo only then.
install_missing() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if ! command -v apt-get >/dev/null; then
        echo "This script installs packages with apt-get, which is not here." >&2
        echo "Install the equivalents of: ${missing[*]}" >&2
        return 1
    fi
    echo "Installing from Debian/Ubuntu packages: ${missing[*]}"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq || return 1
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Node.js 18 or newer with npm.
install_node() {
    local major=0
    command -v node >/dev/null && major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
    if [ "$major" -lt 18 ] || ! command -v npm >/dev/null; then
        install_missing "${atelier_node_packages[@]}"
    fi
}

# The npm packages of package-lock.json, fetched again only when that file changed.
install_npm_packages() {
    local stamp=node_modules/.atelier-lock
    if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
        echo "Installing from npm: $(node -p 'const p = require("./package.json");
            Object.keys({...p.dependencies, ...p.devDependencies}).join(" ")')"
        npm ci --no-audit --no-fund --loglevel=error >/dev/null || return 1
        cp package-lock.json "$stamp"
    fi
}
