# Fails when the engine and the application give two types the same name. Both are in one namespace
# and one program: the linker would keep one destructor of the two, and the program would crash.
# Run: cmake -P tests/lint/names.cmake

cmake_minimum_required(VERSION 3.25)
cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)

# Types that the headers of a folder define at the outermost level, in `out`.
function(types_of folders out)
    set(names "")
    foreach(folder IN LISTS folders)
        file(GLOB_RECURSE headers ${root}/${folder}/*.h)
        foreach(header IN LISTS headers)
            if(header MATCHES "/engine/tools/") # a program of its own
                continue()
            endif()
            file(STRINGS ${header} lines REGEX "^(struct|class|enum class) [A-Za-z0-9]+[^;]*$")
            foreach(line IN LISTS lines)
                string(REGEX REPLACE "^(struct|class|enum class) ([A-Za-z0-9]+).*" "\\2" name "${line}")
                list(APPEND names ${name})
            endforeach()
        endforeach()
    endforeach()
    list(REMOVE_DUPLICATES names)
    set(${out} ${names} PARENT_SCOPE)
endfunction()

types_of(engine engineTypes)
types_of("app;ui;renderers" appTypes)
list(LENGTH engineTypes engineCount)
list(LENGTH appTypes appCount)
if(engineCount LESS 20 OR appCount LESS 20)
    message(SEND_ERROR "Only ${engineCount} and ${appCount} types were found: this lint checks nothing.")
endif()
foreach(name IN LISTS appTypes)
    if(name IN_LIST engineTypes)
        message(SEND_ERROR "${name} is a type of the engine and one of the application. Rename one.")
    endif()
endforeach()
message(STATUS "${engineCount} types of the engine and ${appCount} of the application differ in name.")
