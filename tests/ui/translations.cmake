# Fails when a string of the program has no finished translation, or a translation has no string.
# Run: cmake -DLUPDATE=... -DWORK=<scratch folder> -P tests/ui/translations.cmake

cmake_minimum_required(VERSION 3.25)
cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../..)
file(MAKE_DIRECTORY ${WORK})
set(languages zh_CN en)
set(options_en -pluralonly) # English is the source; its file holds plural forms only
foreach(language IN LISTS languages)
    set(committed ${root}/resources/translations/atelier_${language}.ts)
    set(fresh ${WORK}/atelier_${language}.ts)
    file(COPY_FILE ${committed} ${fresh})
    execute_process(
        COMMAND ${LUPDATE} -silent -I . -no-obsolete -locations none ${options_${language}}
            ui renderers app -source-language en -target-language ${language} -ts ${fresh}
        WORKING_DIRECTORY ${root}
        RESULT_VARIABLE result
        ERROR_VARIABLE errors)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "lupdate failed: ${errors}")
    endif()
    file(READ ${committed} old)
    file(READ ${fresh} new)
    # Semicolons of the texts would split them as lists.
    string(REPLACE ";" "," new "${new}")
    string(REPLACE ";" "," old "${old}")
    string(REGEX MATCHALL "<source>" strings "${new}")
    list(LENGTH strings count)
    if(count LESS 3)
        message(SEND_ERROR "Only ${count} strings were found: this lint checks nothing.")
    endif()
    if(new MATCHES "type=\"unfinished\"")
        string(REGEX MATCHALL
            "<source>[^<]*</source>[^<]*(<comment>[^<]*</comment>[^<]*)?(<extracomment>[^<]*</extracomment>[^<]*)?<translation type=\"unfinished\""
            unfinished "${new}")
        foreach(message IN LISTS unfinished)
            string(REGEX REPLACE "<source>([^<]*)</source>.*" "\\1" text "${message}")
            message(SEND_ERROR "${language}: no translation of: ${text}")
        endforeach()
        message(SEND_ERROR "resources/translations/atelier_${language}.ts is not complete.")
    elseif(NOT old STREQUAL new)
        message(SEND_ERROR "resources/translations/atelier_${language}.ts is not up to date: "
            "run lupdate as this script does, with the file itself.")
    endif()
    message(STATUS "${language}: ${count} strings")
endforeach()
