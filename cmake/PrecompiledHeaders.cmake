# Headers that most sources of a kind include anyway, read by the compiler once instead of each time.
#
# One precompiled header serves many targets, so it holds what is no part of this program. A source
# must not rely on it: of the presets only release has it, and a missing #include fails in the others.
option(ATELIER_PCH "Precompile headers of the standard library and of Qt" OFF)
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang" OR MSVC)
    # MSVC wants all targets that share a header to have the same definitions.
    set(ATELIER_PCH OFF)
endif()

set(ATELIER_PCH_STANDARD
    <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <cstddef> <cstdint> <cstdio> <cstring>
    <filesystem> <fstream> <functional> <limits> <map> <memory> <mutex> <numeric> <optional> <span>
    <stop_token> <string> <string_view> <system_error> <thread> <unordered_map> <utility> <variant>
    <vector>)
set(ATELIER_PCH_CORE
    <QBuffer> <QByteArray> <QCoreApplication> <QDateTime> <QDir> <QFile> <QFileInfo> <QHash>
    <QJsonArray> <QJsonDocument> <QJsonObject> <QList> <QLocale> <QObject> <QPointer>
    <QRegularExpression> <QSet> <QString> <QStringList> <QThreadPool> <QTimer> <QUrl> <QUuid>
    <QVariant>)
set(ATELIER_PCH_WIDGETS
    <QAction> <QApplication> <QBoxLayout> <QClipboard> <QColor> <QEvent> <QFrame> <QIcon> <QImage>
    <QKeyEvent> <QLabel> <QMenu> <QMouseEvent> <QPainter> <QPixmap> <QPlainTextEdit> <QPushButton>
    <QStackedWidget> <QToolTip> <QWidget>)
set(ATELIER_PCH_TEST <QElapsedTimer> <QProcess> <QSignalSpy> <QTemporaryDir> <QTest>)

if(ATELIER_PCH)
    # GCC 12 inlines more of the standard library when it knows more of it, and then warns falsely of
    # what it sees there. Builds without precompiled headers keep these warnings.
    set(false_alarms -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
        -Wno-maybe-uninitialized -Wno-free-nonheap-object)
    target_compile_options(atelier_flags INTERFACE
        "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:${false_alarms}>")
endif()
if(ATELIER_PCH AND ATELIER_CCACHE)
    # The compiler reads such a header unseen by ccache, which therefore wants to be told that
    # neither definitions before it nor the time of day change what it means.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${ATELIER_CCACHE})
    target_compile_options(atelier_flags INTERFACE
        $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>
        $<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:SHELL:-Xclang -fno-pch-timestamp>)
endif()

# atelier_pch(<name> LINK <targets> HEADERS <headers>) makes a precompiled header for targets that
# see those of LINK.
function(atelier_pch name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK;HEADERS")
    if(NOT ATELIER_PCH)
        return()
    endif()
    file(CONFIGURE OUTPUT ${name}.cpp CONTENT "// What a library needs to be one.\n")
    add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE ${arg_LINK} atelier_flags)
    target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

# Whether a target that links `targets` sees `wanted`.
function(atelier_sees out wanted targets)
    set(found FALSE)
    while(targets AND NOT found)
        list(POP_FRONT targets target)
        if(target STREQUAL wanted)
            set(found TRUE)
        elseif(target MATCHES "^[a-z_]+$" AND TARGET ${target})
            get_target_property(more ${target} INTERFACE_LINK_LIBRARIES)
            if(more)
                list(APPEND targets ${more})
            endif()
        endif()
    endwhile()
    set(${out} ${found} PARENT_SCOPE)
endfunction()

# atelier_use_pch(<target> [TEST] LINK <targets>) gives the target the header that fits what it links,
# if there is one: <QTest> is another file with Qt Gui and with Qt Network.
function(atelier_use_pch target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "TEST" "" "LINK")
    set(name atelier_pch)
    if(arg_TEST)
        string(APPEND name _test)
    endif()
    atelier_sees(widgets Qt6::Widgets "${arg_LINK}")
    atelier_sees(gui Qt6::Gui "${arg_LINK}")
    atelier_sees(network Qt6::Network "${arg_LINK}")
    atelier_sees(core Qt6::Core "${arg_LINK}")
    if(widgets)
        string(APPEND name _widgets)
    elseif((arg_TEST AND NOT gui AND NOT network) OR (core AND NOT arg_TEST))
        string(APPEND name _core)
    endif()
    if(TARGET ${name})
        if(widgets AND arg_TEST)
            target_link_libraries(${target} PRIVATE Qt6::Network)
        endif()
        target_precompile_headers(${target} REUSE_FROM ${name})
    endif()
endfunction()
