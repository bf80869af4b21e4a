# Fails when a C++ file is not formatted as .clang-format says.
# Run: cmake -DCLANG_FORMAT=clang-format-14 -P tests/lint/format.cmake

cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)
set(patterns "")
foreach(folder IN ITEMS engine renderers ui app tests)
    foreach(ending IN ITEMS h cpp)
        list(APPEND patterns ${root}/${folder}/*.${ending})
    endforeach()
endforeach()
file(GLOB_RECURSE files ${patterns})
list(LENGTH files count)
if(count LESS 20)
    message(FATAL_ERROR "Only ${count} files were found below ${root}: this lint checks nothing.")
endif()
execute_process(COMMAND ${CLANG_FORMAT} --dry-run --Werror ${files}
    RESULT_VARIABLE result ERROR_VARIABLE complaints)
if(NOT result EQUAL 0)
    string(REGEX MATCHALL "[^\n]*error: code should be clang-formatted[^\n]*" places "${complaints}")
    string(REPLACE ";" "\n" places "${places}")
    message(FATAL_ERROR "Not formatted (${CLANG_FORMAT} -i FILE repairs it):\n${places}")
endif()
message(STATUS "${count} files are formatted.")
