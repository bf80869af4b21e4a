# The only place where compiler flags are set, and the functions that every folder uses.

add_library(atelier_flags INTERFACE)
if(MSVC)
    target_compile_options(atelier_flags INTERFACE /W4 /permissive- /utf-8 /Zc:__cplusplus
        $<$<BOOL:${ATELIER_WERROR}>:/WX>)
    target_compile_definitions(atelier_flags INTERFACE NOMINMAX WIN32_LEAN_AND_MEAN)
else()
    target_compile_options(atelier_flags INTERFACE
        -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
        -fstack-protector-strong
        $<$<BOOL:${ATELIER_WERROR}>:-Werror>)
endif()
if(ATELIER_SANITIZE)
    target_compile_options(atelier_flags INTERFACE
        -fsanitize=${ATELIER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(atelier_flags INTERFACE -fsanitize=${ATELIER_SANITIZE})
    # GCC 12 raises false alarms in the standard library under sanitizers.
    target_compile_options(atelier_flags INTERFACE
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict>)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    target_compile_options(atelier_flags INTERFACE
        $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
    target_link_options(atelier_flags INTERFACE -Wl,-z,relro,-z,now)
endif()
target_compile_definitions(atelier_flags INTERFACE
    QT_NO_KEYWORDS QT_NO_FOREACH QT_NO_CAST_FROM_BYTEARRAY QT_DISABLE_DEPRECATED_BEFORE=0x060400)

include(${CMAKE_CURRENT_LIST_DIR}/PrecompiledHeaders.cmake)

# atelier_library(<name> SOURCES <files> [PUBLIC <targets>] [PRIVATE <targets>])
function(atelier_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} atelier_flags)
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    atelier_use_pch(${name} LINK ${arg_PUBLIC} ${arg_PRIVATE})
endfunction()

# atelier_test(<file>.cpp LABEL <folder> LINK <targets> [TIMEOUT s] [RESOURCE_LOCK name] [EXTRA <sources>])
# makes the test <file>, so that `ctest -L engine` runs one folder. The test finds committed data in
# ATELIER_TEST_DATA and the optional reference material in ATELIER_SHARED (skip with a reason when absent).
function(atelier_test source)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT;RESOURCE_LOCK" "LINK;EXTRA")
    get_filename_component(name ${source} NAME_WE)
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    if(ATELIER_SANITIZE) # every memory access costs several
        math(EXPR arg_TIMEOUT "5 * ${arg_TIMEOUT}")
    endif()
    add_executable(${name} ${source} ${arg_EXTRA})
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_link_libraries(${name} PRIVATE ${arg_LINK} Qt6::Test atelier_flags)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    atelier_use_pch(${name} TEST LINK ${arg_LINK})
    # It is empty: what moc makes of a test is included by the test.
    set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${name}_autogen/mocs_compilation.cpp
        PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    target_compile_definitions(${name} PRIVATE
        ATELIER_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        ATELIER_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
        ATELIER_SHARED="${PROJECT_SOURCE_DIR}/../shared")
    add_test(NAME ${name} COMMAND ${name})
    # Qt Test has a limit of its own, five minutes, which sanitizers exceed; ctest's is enough.
    set_tests_properties(${name} PROPERTIES
        LABELS "${arg_LABEL}"
        TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QTEST_FUNCTION_TIMEOUT=${arg_TIMEOUT}000")
    if(ATELIER_SANITIZE STREQUAL "thread")
        set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT
            "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/thread_sanitizer.supp")
    endif()
    if(arg_RESOURCE_LOCK)
        set_tests_properties(${name} PROPERTIES RESOURCE_LOCK ${arg_RESOURCE_LOCK})
    endif()
endfunction()

# atelier_false_alarms(<source> [<target of another folder>])
# Silences alarms that GCC 12's optimizer raises falsely inside the standard library, in one source.
function(atelier_false_alarms source)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        set(where)
        if(ARGC GREATER 1)
            set(where TARGET_DIRECTORY ${ARGV1})
        endif()
        set_property(SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${where} APPEND PROPERTY
            COMPILE_OPTIONS -Wno-restrict -Wno-stringop-overflow)
    endif()
endfunction()
