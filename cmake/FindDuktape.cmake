# Duktape, a small embeddable script engine: Debian's duktape-dev, vcpkg's or Homebrew's duktape.
# Defines the target Duktape::Duktape and Duktape_FOUND.
find_path(Duktape_INCLUDE_DIR duktape.h)
find_library(Duktape_LIBRARY NAMES duktape duktaped)
mark_as_advanced(Duktape_INCLUDE_DIR Duktape_LIBRARY)
if(Duktape_INCLUDE_DIR)
    file(STRINGS ${Duktape_INCLUDE_DIR}/duktape.h duktape_version REGEX "^#define DUK_VERSION +[0-9]+L")
    string(REGEX REPLACE "[^0-9]*([0-9]+)L.*" "\\1" duktape_version "${duktape_version}")
    if(duktape_version) # 20700 is 2.7.0
        math(EXPR duktape_major "${duktape_version} / 10000")
        math(EXPR duktape_minor "${duktape_version} / 100 % 100")
        set(Duktape_VERSION ${duktape_major}.${duktape_minor})
    endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Duktape
    REQUIRED_VARS Duktape_LIBRARY Duktape_INCLUDE_DIR
    VERSION_VAR Duktape_VERSION)
if(Duktape_FOUND AND NOT TARGET Duktape::Duktape)
    add_library(Duktape::Duktape UNKNOWN IMPORTED GLOBAL)
    set_target_properties(Duktape::Duktape PROPERTIES
        IMPORTED_LOCATION ${Duktape_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${Duktape_INCLUDE_DIR})
endif()
