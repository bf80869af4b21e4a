<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>ConversationStore</name>
    <message>
        <source>Recovered chat</source>
        <translation>找回的对话</translation>
    </message>
    <message>
        <source>The file with your chats was damaged. It was set aside as &quot;%1&quot;; %2 chats with %3 messages were brought back%4.</source>
        <translation>存放对话的文件已损坏，已另存为“%1”；找回了 %2 个对话、%3 条消息%4。</translation>
    </message>
    <message>
        <source>, some of them from a backup</source>
        <translation>，其中一部分来自备份</translation>
    </message>
</context>
<context>
    <name>ElementRequest</name>
    <message>
        <source>line %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>lines %1 to %2</source>
        <translation>第 %1 到 %2 行</translation>
    </message>
    <message>
        <source>Change this element and every one like it in the same way. Leave everything else as it is.</source>
        <translation>把这个元素和所有同类元素一起这样改，其余保持原样。</translation>
    </message>
    <message>
        <source>Change whatever has to change in the whole artifact so that it fits.</source>
        <translation>整个作品里需要跟着改的地方都可以改。</translation>
    </message>
    <message>
        <source>Change only this element. Leave everything else as it is.</source>
        <translation>只改这个元素，其余保持原样。</translation>
    </message>
    <message>
        <source>version %1</source>
        <translation>第 %1 版</translation>
    </message>
    <message>
        <source>“%1”, version %2</source>
        <translation>“%1”第 %2 版</translation>
    </message>
    <message>
        <source>This is about the element %1 in %2, %3:</source>
        <extracomment>%1: &quot;button#go.primary&quot;. %2: “Counter”, version 1. %3: lines 4 to 9.</extracomment>
        <translation>说的是%2中的元素 %1（%3）：</translation>
    </message>
    <message>
        <source>A script makes this element. The lines are those of the nearest element that is written in the source, &lt;%1&gt;.</source>
        <translation>这个元素由脚本生成。以下是源代码中离它最近的元素 &lt;%1&gt; 所在的行。</translation>
    </message>
    <message>
        <source>This is its source:</source>
        <translation>源代码如下：</translation>
    </message>
    <message>
        <source>Answer with the complete source in one code block.</source>
        <translation>请在一个代码块中给出完整的源代码。</translation>
    </message>
</context>
<context>
    <name>ErrorCards</name>
    <message>
        <source>%1 MiB</source>
        <translation>%1 MiB</translation>
    </message>
    <message>
        <source>%1 GiB</source>
        <translation>%1 GiB</translation>
    </message>
    <message>
        <source>Choose another file</source>
        <translation>另选文件</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>This file is not a GGUF model.</source>
        <translation>这不是 GGUF 模型文件。</translation>
    </message>
    <message>
        <source>The first bytes of &quot;%1&quot; are not &quot;GGUF&quot;. It may be another format, or a web page saved by mistake.</source>
        <translation>“%1”的开头不是“GGUF”，可能是别的格式，或误存的网页。</translation>
    </message>
    <message>
        <source>This model file is incomplete.</source>
        <translation>这个模型文件不完整。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; ends after %2 of %3 bytes. The download may have stopped early; download it again.</source>
        <translation>“%1”应有 %3 字节，只有 %2 字节。下载可能提前中断，请重新下载。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; ends before everything it announces. The download may have stopped early; download it again.</source>
        <translation>“%1”缺少它声明的部分内容。下载可能提前中断，请重新下载。</translation>
    </message>
    <message>
        <source>Not enough memory: %1 short.</source>
        <translation>内存还差 %1。</translation>
    </message>
    <message>
        <source>Not enough memory.</source>
        <translation>内存不足。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; needs %2 and %3 is free. Nothing was changed.</source>
        <translation>“%1”需要 %2，现有 %3。设置未改动。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; does not fit. Nothing was changed.</source>
        <translation>放不下“%1”。设置未改动。</translation>
    </message>
    <message>
        <source>This model is not supported yet.</source>
        <translation>暂不支持此模型。</translation>
    </message>
    <message>
        <source>This model file is damaged.</source>
        <translation>这个模型文件已损坏。</translation>
    </message>
    <message>
        <source>Parts of &quot;%1&quot; do not mean what they should. Nothing of it was loaded; download it again.</source>
        <translation>“%1”的部分内容有误，没有加载任何数据，请重新下载。</translation>
    </message>
    <message>
        <source>The graphics driver restarted.</source>
        <translation>显卡驱动已重启。</translation>
    </message>
    <message>
        <source>The device stopped answering while the model was loaded.</source>
        <translation>加载模型时设备失去响应。</translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>This file could not be read.</source>
        <translation>无法读取此文件。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>This chat is full: %1 of %2 tokens.</source>
        <translation>对话已满：%1 / %2 词元。</translation>
    </message>
    <message>
        <source>This chat is full.</source>
        <translation>对话已满。</translation>
    </message>
    <message>
        <source>The next reply has no room left. Start a new chat, or edit an earlier message.</source>
        <translation>放不下下一条回复。请新建对话，或修改较早的消息。</translation>
    </message>
    <message>
        <source>There was not enough memory for this reply.</source>
        <translation>内存不足，无法生成这条回复。</translation>
    </message>
    <message>
        <source>The device stopped answering during this reply. What was written is saved.</source>
        <translation>回复途中设备失去响应，已生成的内容已保存。</translation>
    </message>
    <message>
        <source>The reply failed.</source>
        <translation>回复失败。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>没有加载模型。</translation>
    </message>
    <message>
        <source>What you wrote stays here until a model can answer it.</source>
        <translation>你写的内容会留在这里，等有模型再回答。</translation>
    </message>
    <message>
        <source>Open a model file</source>
        <translation>打开模型文件</translation>
    </message>
    <message>
        <source>Use the demo model</source>
        <translation>使用演示模型</translation>
    </message>
    <message>
        <source>Your chats were written by a newer version.</source>
        <translation>对话由较新的版本写入。</translation>
    </message>
    <message>
        <source>Chats cannot be saved right now.</source>
        <translation>目前无法保存对话。</translation>
    </message>
    <message>
        <source>They are untouched, but this version cannot open them. What you write now is not kept.</source>
        <translation>对话没有改动，但此版本打不开。现在写的内容不会保存。</translation>
    </message>
    <message>
        <source>What you write stays visible until you quit. Check the free space and the permissions of the data folder.</source>
        <translation>你写的内容在退出前仍可看到。请检查剩余空间和数据文件夹的权限。</translation>
    </message>
    <message>
        <source>Use the processor</source>
        <translation>使用处理器</translation>
    </message>
    <message>
        <source>The chosen device cannot be used.</source>
        <translation>所选设备无法使用。</translation>
    </message>
</context>
<context>
    <name>OfflineLibrary</name>
    <message>
        <source>The bundled libraries are missing: reinstall Atelier.</source>
        <translation>缺少内置库：请重新安装 Atelier。</translation>
    </message>
    <message>
        <source>%1 is not bundled.</source>
        <translation>没有内置 %1。</translation>
    </message>
    <message>
        <source>Bundled: %1.</source>
        <translation>已内置：%1。</translation>
    </message>
    <message>
        <source>%1 %2 is bundled, but without %3.</source>
        <translation>已内置 %1 %2，但不含 %3。</translation>
    </message>
    <message>
        <source>an ES module</source>
        <translation>ES 模块</translation>
    </message>
    <message>
        <source>%1 %2 stands in for version %3.</source>
        <translation>以 %1 %2 代替版本 %3。</translation>
    </message>
</context>
<context>
    <name>RunReport</name>
    <message>
        <source>A script ran for 3 seconds without a pause, so the page was stopped.</source>
        <translation>脚本连续运行了 3 秒没有停顿，页面已被停止。</translation>
    </message>
    <message>
        <source>The page drew nothing.</source>
        <translation>页面没有画出任何内容。</translation>
    </message>
    <message>
        <source>A request was blocked: %1</source>
        <translation>一个请求被拦截：%1</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>第 %1 行：%2</translation>
    </message>
    <message numerus="yes">
        <source>(%n times)</source>
        <translation>
            <numerusform>（%n 次）</numerusform>
        </translation>
    </message>
    <message>
        <source>Fix version %1.</source>
        <translation>请修复第 %1 版。</translation>
    </message>
    <message>
        <source>Fix “%1”, version %2.</source>
        <translation>请修复“%1”第 %2 版。</translation>
    </message>
    <message>
        <source>When it ran, this happened:</source>
        <translation>运行时发生了以下问题：</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>This is its source:</source>
        <translation>源代码如下：</translation>
    </message>
    <message>
        <source>Answer with the complete corrected source in one code block.</source>
        <translation>请用一个代码块给出修正后的完整源代码。</translation>
    </message>
</context>
<context>
    <name>Runner</name>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Wrap lines</source>
        <translation>自动换行</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Image: %1</source>
        <extracomment>%1: what a picture from the network shows; it is not loaded.</extracomment>
        <translation>图像：%1</translation>
    </message>
    <message>
        <source>%1 rows, %2 columns</source>
        <extracomment>%1 and %2: numbers.</extracomment>
        <translation>%1 行，%2 列</translation>
    </message>
    <message>
        <source>It runs when the code is complete</source>
        <translation>代码写完后运行</translation>
    </message>
    <message>
        <source>Cut off before it was complete</source>
        <translation>未写完就中断了</translation>
    </message>
    <message>
        <source>This diagram cannot be drawn</source>
        <translation>这张图无法绘制</translation>
    </message>
    <message>
        <source>This code does not compile</source>
        <translation>这段代码无法编译</translation>
    </message>
    <message>
        <source>%1, line %2</source>
        <extracomment>%1: what is wrong. %2: a line number.</extracomment>
        <translation>%1，第 %2 行</translation>
    </message>
    <message>
        <source>The component stopped with an error</source>
        <translation>组件因错误而停止</translation>
    </message>
    <message>
        <source>The code exports no component</source>
        <translation>代码没有导出组件</translation>
    </message>
    <message>
        <source>%1 is not bundled</source>
        <extracomment>%1: the name of a package.</extracomment>
        <translation>未内置 %1</translation>
    </message>
    <message>
        <source>The file %1 is not part of the artifact</source>
        <extracomment>%1: the name of a file.</extracomment>
        <translation>文件 %1 不在此作品中</translation>
    </message>
    <message>
        <source>Starting Python</source>
        <translation>正在启动 Python</translation>
    </message>
    <message>
        <source>Python could not start</source>
        <translation>Python 无法启动</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>Type an answer and press Enter</source>
        <translation>输入回答并按回车</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Still running: nothing printed or drawn for %1 s</source>
        <extracomment>%1: a number.</extracomment>
        <translation>仍在运行：已有 %1 秒没有输出或绘图</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Keep waiting</source>
        <translation>继续等待</translation>
    </message>
</context>
<context>
    <name>SettingsFile</name>
    <message>
        <source>The settings could not be read. They were set aside as &quot;%1&quot;.</source>
        <translation>无法读取设置，已另存为“%1”。</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>Try again</source>
        <translation>重新生成</translation>
    </message>
    <message>
        <source>This message was damaged on the disk.</source>
        <translation>这条消息在磁盘上已损坏。</translation>
    </message>
    <message>
        <source>Its checksum is wrong, so parts of it may not be what was written.</source>
        <translation>校验不符，部分内容可能不是当初所写。</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Reply, %1 tokens</source>
        <extracomment>%1: a number of tokens. Read aloud before a reply.</extracomment>
        <translation>回复，%1 词元</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Wrap lines</source>
        <translation>自动换行</translation>
    </message>
    <message>
        <source>Previous version of this message</source>
        <translation>这条消息的上一版</translation>
    </message>
    <message>
        <source>Next version of this message</source>
        <translation>这条消息的下一版</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 词元</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 词元/秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>Reading %1 of %2 tokens</source>
        <translation>正在读取 %1 / %2 词元</translation>
    </message>
    <message>
        <source>Reading %1 of %2 tokens, %3 s left</source>
        <translation>正在读取 %1 / %2 词元，还需 %3 秒</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在写</translation>
    </message>
    <message>
        <source>Writing the page</source>
        <translation>正在写页面</translation>
    </message>
    <message>
        <source>Writing the drawing</source>
        <translation>正在画</translation>
    </message>
    <message>
        <source>writing line %1</source>
        <extracomment>%1: a line number.</extracomment>
        <translation>正在写第 %1 行</translation>
    </message>
    <message>
        <source>Reply started</source>
        <translation>开始回复</translation>
    </message>
    <message>
        <source>Reply finished, %1 tokens</source>
        <translation>回复完成，%1 词元</translation>
    </message>
    <message>
        <source>Stopped by you after %1 tokens.</source>
        <translation>你在 %1 词元处停止了。</translation>
    </message>
    <message>
        <source>Reached the reply limit after %1 tokens.</source>
        <translation>在 %1 词元处达到回复上限。</translation>
    </message>
    <message>
        <source>reached the reply limit</source>
        <translation>达到回复上限</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Showing</source>
        <translation>正在显示</translation>
    </message>
    <message>
        <source>Cut off</source>
        <translation>未写完</translation>
    </message>
    <message>
        <source>version %1</source>
        <translation>第 %1 版</translation>
    </message>
    <message>
        <source>Show %1</source>
        <extracomment>%1: an artifact&apos;s title.</extracomment>
        <translation>显示“%1”</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation>图画</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Image: %1</source>
        <extracomment>%1: what a picture from the network shows; it is not loaded.</extracomment>
        <translation>图像：%1</translation>
    </message>
    <message>
        <source>1 new line</source>
        <translation>新增 1 行</translation>
    </message>
    <message>
        <source>%1 new lines</source>
        <translation>新增 %1 行</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>源码</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>替换为</translation>
    </message>
    <message>
        <source>next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>previous</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>whole words</source>
        <translation>全字匹配</translation>
    </message>
    <message>
        <source>regular expression</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>replace all</source>
        <translation>全部替换</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Diagram</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Component</source>
        <translation>组件</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>stopped at line %1</source>
        <extracomment>%1: the number of the line that was being written.</extracomment>
        <translation>停在第 %1 行</translation>
    </message>
</context>
<context>
    <name>WebEngine</name>
    <message>
        <source>Atelier runs as the administrator (root), where the sandbox that keeps pages apart from your files cannot work.</source>
        <translation>Atelier 正以管理员（root）身份运行，把页面与文件隔开的沙盒在这种情况下无法工作。</translation>
    </message>
    <message>
        <source>This system does not let programs create the sandbox that keeps pages apart from your files (user namespaces are off).</source>
        <translation>此系统不允许程序创建把页面与文件隔开的沙盒（用户命名空间已关闭）。</translation>
    </message>
    <message>
        <source>Start Atelier as an ordinary user. In a container, --no-web-sandbox shows pages without that protection.</source>
        <translation>请以普通用户身份启动 Atelier。在容器中，可用 --no-web-sandbox 在没有这层保护的情况下显示页面。</translation>
    </message>
    <message>
        <source>Allow unprivileged user namespaces, or start Atelier with --no-web-sandbox to show pages without that protection.</source>
        <translation>请允许非特权用户命名空间，或用 --no-web-sandbox 启动 Atelier，在没有这层保护的情况下显示页面。</translation>
    </message>
</context>
<context>
    <name>atelier::ArtifactFoot</name>
    <message>
        <source>Version %1</source>
        <translation>第 %1 版</translation>
    </message>
    <message>
        <source>Version %1, drafting. Scripts run when the page is complete.</source>
        <translation>第 %1 版，正在写。页面写完后再运行脚本。</translation>
    </message>
    <message>
        <source>Version %1, drafting.</source>
        <translation>第 %1 版，正在写。</translation>
    </message>
    <message>
        <source>Version %1, cut off. Scripts did not run.</source>
        <translation>第 %1 版，未写完。脚本没有运行。</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Go back to v%1</source>
        <translation>回到 v%1</translation>
    </message>
    <message>
        <source>What to do with this version</source>
        <translation>对此版本的操作</translation>
    </message>
    <message>
        <source>Show version %1</source>
        <translation>显示第 %1 版</translation>
    </message>
    <message>
        <source>Restore this version</source>
        <translation>恢复此版本</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>与其他版本比较</translation>
    </message>
    <message>
        <source>Version %1, %2</source>
        <translation>第 %1 版：%2</translation>
    </message>
    <message>
        <source>Replay the writing</source>
        <translation>重放书写过程</translation>
    </message>
    <message>
        <source>Version %1, stopped. Scripts did not run.</source>
        <translation>第 %1 版，已停止。脚本没有运行。</translation>
    </message>
</context>
<context>
    <name>atelier::ArtifactPage</name>
    <message>
        <source>a permission the page asked for</source>
        <translation>页面请求的权限</translation>
    </message>
    <message>
        <source>a new window</source>
        <translation>新窗口</translation>
    </message>
    <message>
        <source>a file dialog</source>
        <translation>文件对话框</translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) left out: the page prints too fast.</source>
        <translation>
            <numerusform>已略去 %n 条消息：页面输出太快。</numerusform>
        </translation>
    </message>
    <message>
        <source>Artifacts open no windows and send no forms.</source>
        <translation>作品不能打开窗口，也不能提交表单。</translation>
    </message>
    <message>
        <source>Artifacts have no network.</source>
        <translation>作品不能联网。</translation>
    </message>
</context>
<context>
    <name>atelier::ArtifactPane</name>
    <message>
        <source>Drawing</source>
        <translation>图画</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Cut off</source>
        <translation>未写完</translation>
    </message>
    <message>
        <source>Copy the source</source>
        <translation>复制源码</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Back to the chat</source>
        <translation>回到对话</translation>
    </message>
    <message>
        <source>Fill the window</source>
        <translation>占满窗口</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Pictures and pages appear here while they are written.</source>
        <translation>图画和页面会边写边显示在这里。</translation>
    </message>
    <message>
        <source>Artifact</source>
        <translation>作品</translation>
    </message>
    <message>
        <source>Changed by hand. The stage shows it.</source>
        <translation>已手动修改，预览中可见。</translation>
    </message>
    <message>
        <source>Keep as version</source>
        <translation>保留为新版本</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃修改</translation>
    </message>
    <message>
        <source>Allow requests to %1 for this artifact?</source>
        <translation>允许此作品访问 %1 吗？</translation>
    </message>
    <message>
        <source>Allow</source>
        <translation>允许</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>暂不</translation>
    </message>
    <message>
        <source>What the page sends leaves this computer.</source>
        <translation>页面发送的内容将离开这台电脑。</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Save the source…</source>
        <translation>保存源代码…</translation>
    </message>
    <message>
        <source>Save a picture (PNG)…</source>
        <translation>保存图片（PNG）…</translation>
    </message>
    <message>
        <source>Save as one page that needs no network…</source>
        <translation>保存为无需联网的单个网页…</translation>
    </message>
    <message>
        <source>Save as one page: Python runs in Atelier alone</source>
        <translation>保存为单个网页：Python 只能在 Atelier 中运行</translation>
    </message>
    <message>
        <source>Save as one page: there is nothing to show</source>
        <translation>保存为单个网页：没有可显示的内容</translation>
    </message>
    <message>
        <source>Only pages and drawings have elements to point at.</source>
        <translation>只有网页和图形才有可以指认的元素。</translation>
    </message>
    <message>
        <source>It can be inspected when it is complete.</source>
        <translation>写完后才能检查。</translation>
    </message>
</context>
<context>
    <name>atelier::ArtifactRepair</name>
    <message>
        <source>Fixed: version %1 runs without a problem</source>
        <translation>已修复：第 %1 版运行正常</translation>
    </message>
    <message>
        <source>Version %1 is better, but not free of problems</source>
        <translation>第 %1 版有改善，但仍有问题</translation>
    </message>
    <message>
        <source>The fix was no better, so version %1 is shown again</source>
        <translation>修复没有改善，重新显示第 %1 版</translation>
    </message>
    <message>
        <source>It runs without a problem</source>
        <translation>运行正常</translation>
    </message>
    <message>
        <source>Three tries did not help. Say in your own words what is wrong.</source>
        <translation>试了三次仍未解决。请用自己的话说明问题。</translation>
    </message>
    <message>
        <source>Ask again when the reply has ended</source>
        <translation>请在回复结束后再试</translation>
    </message>
</context>
<context>
    <name>atelier::ArtifactRun</name>
    <message>
        <source>The page&apos;s process ended by itself.</source>
        <translation>页面进程自行结束了。</translation>
    </message>
    <message>
        <source>a download, %1</source>
        <translation>下载 %1</translation>
    </message>
    <message>
        <source>Stopped: no pause for %1 s.</source>
        <translation>已停止：%1 秒没有停顿。</translation>
    </message>
    <message>
        <source>Stopped: the page used %1 GiB of memory; %2 GiB are allowed.</source>
        <translation>已停止：页面用了 %1 GiB 内存，上限 %2 GiB。</translation>
    </message>
    <message>
        <source>Stopped: the page could not be kept apart from the program.</source>
        <translation>已停止：页面无法与程序隔开。</translation>
    </message>
    <message>
        <source>The page drew nothing.</source>
        <translation>页面没有画出任何内容。</translation>
    </message>
    <message>
        <source>Stopped: the page went away to %1.</source>
        <translation>已停止：页面跳转到了 %1。</translation>
    </message>
    <message>
        <source>Not kept with the artifact: %1. Of a database, text, numbers, dates, buffers, blobs of up to 4 MB and what is made of them are kept, 5 MB in all.</source>
        <translation>未随作品保存：%1。数据库中可保存文本、数字、日期、缓冲区、不超过 4 MB 的 Blob 及其组合，总计 5 MB。</translation>
    </message>
</context>
<context>
    <name>atelier::ArtifactView</name>
    <message>
        <source>Artifacts cannot run here</source>
        <translation>作品无法在此运行</translation>
    </message>
    <message>
        <source>Scripts are off: the page had to be stopped twice in a row.</source>
        <translation>脚本已关闭：页面连续两次被停止。</translation>
    </message>
</context>
<context>
    <name>atelier::ChangedMark</name>
    <message>
        <source>Reset</source>
        <translation>还原</translation>
    </message>
    <message>
        <source>Reset %1 to the model&apos;s default</source>
        <translation>将“%1”还原为模型默认值</translation>
    </message>
</context>
<context>
    <name>atelier::ChatListController</name>
    <message>
        <source>Chat deleted</source>
        <translation>已删除对话</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>atelier::ChatListModel</name>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>过去 7 天</translation>
    </message>
    <message>
        <source>Older</source>
        <translation>更早</translation>
    </message>
</context>
<context>
    <name>atelier::ChatListView</name>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Delete chat</source>
        <translation>删除对话</translation>
    </message>
    <message>
        <source>Chat title</source>
        <translation>对话标题</translation>
    </message>
</context>
<context>
    <name>atelier::CodeView</name>
    <message>
        <source>The source is shown without colors</source>
        <translation>源码以无高亮的文本显示</translation>
    </message>
</context>
<context>
    <name>atelier::ColumnArea</name>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Artifact</source>
        <translation>作品</translation>
    </message>
    <message>
        <source>Chat or artifact</source>
        <translation>对话或作品</translation>
    </message>
    <message>
        <source>Width of the sidebar</source>
        <translation>侧栏宽度</translation>
    </message>
    <message>
        <source>Width of the artifact pane</source>
        <translation>作品面板宽度</translation>
    </message>
    <message>
        <source>Width of the inspector</source>
        <translation>检查器宽度</translation>
    </message>
</context>
<context>
    <name>atelier::CompareWindow</name>
    <message>
        <source>%1 and %2</source>
        <translation>%1与%2</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>叠加</translation>
    </message>
    <message>
        <source>What changed</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Ways to compare</source>
        <translation>比较方式</translation>
    </message>
    <message>
        <source>Where the older version ends</source>
        <translation>旧版本的分界</translation>
    </message>
    <message>
        <source>Changed lines</source>
        <translation>改动的行</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s) changed</source>
        <translation>
            <numerusform>改动 %n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Both are being drawn</source>
        <translation>正在绘制两个版本</translation>
    </message>
    <message>
        <source>%1 % of the picture changed</source>
        <translation>画面变化 %1 %</translation>
    </message>
</context>
<context>
    <name>atelier::Composer</name>
    <message>
        <source>Write the first message while the model loads</source>
        <translation>模型加载时可以先写第一条消息</translation>
    </message>
    <message>
        <source>Write the next message while this one finishes</source>
        <translation>可以先写下一条消息</translation>
    </message>
    <message>
        <source>Open a model to start</source>
        <translation>先打开一个模型</translation>
    </message>
    <message>
        <source>Ask for a change, or start something new</source>
        <translation>说说要改什么，或另起一题</translation>
    </message>
    <message>
        <source>Describe a picture or a page</source>
        <translation>描述一幅图画或一个页面</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <translation>%1 词元/秒</translation>
    </message>
    <message>
        <source>%1 of %2 in this message</source>
        <translation>此消息 %1 / %2</translation>
    </message>
    <message>
        <source>%1 in this message</source>
        <translation>此消息 %1</translation>
    </message>
    <message>
        <source>%1 tokens in this message</source>
        <translation>此消息 %1 词元</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Add a text file</source>
        <translation>添加文本文件</translation>
    </message>
</context>
<context>
    <name>atelier::ConsoleList</name>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n 个错误</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n blocked</source>
        <translation>
            <numerusform>拦截 %n 次</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n 条消息</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <comment>between counts</comment>
        <translation>，</translation>
    </message>
    <message>
        <source>The page has not written anything.</source>
        <translation>页面还没有输出任何内容。</translation>
    </message>
    <message>
        <source>Clear the console</source>
        <translation>清空控制台</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>控制台</translation>
    </message>
    <message>
        <source>All entries</source>
        <translation>全部条目</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Blocked requests</source>
        <translation>被拦截的请求</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Ask GLM-4 to fix it</source>
        <translation>让 GLM-4 修复</translation>
    </message>
    <message>
        <source>Nothing of this kind.</source>
        <translation>没有此类条目。</translation>
    </message>
    <message>
        <source>Close the console</source>
        <translation>关闭控制台</translation>
    </message>
    <message>
        <source>Choose what is listed</source>
        <translation>选择显示的条目</translation>
    </message>
</context>
<context>
    <name>atelier::ConsoleModel</name>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Blocked</source>
        <translation>已拦截</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>line %1</source>
        <translation>第 %1 行</translation>
    </message>
</context>
<context>
    <name>atelier::ContextGauge</name>
    <message>
        <source>In this chat</source>
        <translation>此对话</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 词元</translation>
    </message>
    <message>
        <source>Already read</source>
        <translation>已读入</translation>
    </message>
    <message>
        <source>To read next</source>
        <translation>下次要读</translation>
    </message>
    <message>
        <source>Room left</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>Context, %1 of %2 tokens</source>
        <translation>上下文，%1 / %2 词元</translation>
    </message>
</context>
<context>
    <name>atelier::ConversationController</name>
    <message>
        <source>Wait until the reply has ended</source>
        <translation>请等回复结束</translation>
    </message>
    <message>
        <source>Sending makes a new branch; the old one stays</source>
        <translation>发送会新建一个分支，原来的分支会保留</translation>
    </message>
    <message>
        <source>Answer copied</source>
        <translation>已复制回答</translation>
    </message>
    <message>
        <source>One message is waiting already</source>
        <translation>已有一条消息在等待</translation>
    </message>
    <message>
        <source>Send it when the reply has ended</source>
        <translation>请在回复结束后再发送</translation>
    </message>
    <message>
        <source>Edited by hand</source>
        <translation>手动编辑</translation>
    </message>
    <message>
        <source>Version %1 again</source>
        <translation>恢复自第 %1 版</translation>
    </message>
    <message>
        <source>An older version again</source>
        <translation>恢复自旧版本</translation>
    </message>
</context>
<context>
    <name>atelier::DeviceCard</name>
    <message>
        <source>This computer</source>
        <translation>这台电脑</translation>
    </message>
    <message>
        <source>%1 of %2 GiB</source>
        <translation>已用 %1 / %2 GiB</translation>
    </message>
    <message>
        <source>Memory: %1 of %2 GiB used, %3 GiB by Atelier</source>
        <translation>内存：已用 %1 / %2 GiB，其中 Atelier 占 %3 GiB</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Runs on %1. Choose another device</source>
        <translation>运行于 %1。选择其他设备</translation>
    </message>
</context>
<context>
    <name>atelier::DeviceController</name>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>%1, %2 of %3 free</source>
        <translation>%1，%3 中 %2 可用</translation>
    </message>
</context>
<context>
    <name>atelier::DeviceMenu</name>
    <message>
        <source>Devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Run models on</source>
        <translation>模型运行于</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic: %1</source>
        <translation>自动：%1</translation>
    </message>
    <message>
        <source>Looking for devices…</source>
        <translation>正在查找设备…</translation>
    </message>
</context>
<context>
    <name>atelier::ElementPicker</name>
    <message>
        <source>Elements of the artifact</source>
        <translation>作品的元素</translation>
    </message>
    <message>
        <source>Arrow keys go out, in, and to the next element. Enter changes the one chosen.</source>
        <translation>方向键可到外层、内层和相邻的元素，回车修改选中的元素。</translation>
    </message>
</context>
<context>
    <name>atelier::EmptyChat</name>
    <message>
        <source>What shall we make?</source>
        <translation>想做点什么？</translation>
    </message>
    <message>
        <source>Draw a red circle inside a blue square</source>
        <translation>画一个红色圆形，放在蓝色正方形里面</translation>
    </message>
    <message>
        <source>画一座房子，墙用珊瑚色，屋顶用灰色，门是绿色</source>
        <extracomment>A request in the other language, to show that it works: Chinese in an English interface.</extracomment>
        <translation>Draw a house with a coral wall, a gray roof and a green door</translation>
    </message>
    <message>
        <source>Put this into the message</source>
        <translation>填入消息</translation>
    </message>
    <message>
        <source>Build a teal to-do list titled &quot;Quiet Garden&quot;</source>
        <translation>做一个标题为“清晨书店”的青绿色待办清单</translation>
    </message>
</context>
<context>
    <name>atelier::ErrorCardView</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>atelier::FixDialog</name>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Ask GLM-4 to fix it</source>
        <translation>让 GLM-4 修复</translation>
    </message>
    <message>
        <source>This is what will be sent, word for word. The answer becomes the next version; it is shown only if it has fewer problems.</source>
        <translation>以下内容将原样发送。回答会成为下一版；只有问题更少时才会显示。</translation>
    </message>
    <message>
        <source>Message to the model</source>
        <translation>发给模型的消息</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>atelier::HeadlessRun</name>
    <message>
        <source>The artifact was not drawn within %1 seconds.</source>
        <translation>作品没有在 %1 秒内画完。</translation>
    </message>
    <message>
        <source>The artifact&apos;s page stopped.</source>
        <translation>作品的页面已停止。</translation>
    </message>
    <message>
        <source>The demo model is missing; choose one with --model FILE.</source>
        <translation>缺少演示模型，请用 --model FILE 指定一个。</translation>
    </message>
    <message>
        <source>Interrupted.</source>
        <translation>已中断。</translation>
    </message>
    <message>
        <source>
%1 tokens, %2 tok/s
</source>
        <translation>
%1 词元，%2 词元/秒
</translation>
    </message>
    <message>
        <source>The reply has no artifact to draw.</source>
        <translation>回复中没有可画的作品。</translation>
    </message>
    <message>
        <source>The artifact was cut off before its end.</source>
        <translation>作品没有写完。</translation>
    </message>
    <message>
        <source>The artifact&apos;s page gave no picture.</source>
        <translation>作品的页面没有给出图像。</translation>
    </message>
</context>
<context>
    <name>atelier::HintLine</name>
    <message>
        <source>Enter to send</source>
        <translation>Enter 发送</translation>
    </message>
    <message>
        <source>Shift+Enter for a new line</source>
        <translation>Shift+Enter 换行</translation>
    </message>
</context>
<context>
    <name>atelier::InspectCard</name>
    <message>
        <source>Line %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>Lines %1 to %2</source>
        <translation>第 %1 到 %2 行</translation>
    </message>
    <message>
        <source>A script made this, so it is not in the source. The nearest element that is written there is &lt;%1&gt;; these are its lines.</source>
        <extracomment>%1: the name of a tag.</extracomment>
        <translation>它由脚本生成，源代码里没有。源代码中离它最近的元素是 &lt;%1&gt;，这里是那些行。</translation>
    </message>
    <message>
        <source>Change this…</source>
        <translation>改这里…</translation>
    </message>
    <message>
        <source>What should change?</source>
        <translation>想改成什么样？</translation>
    </message>
    <message>
        <source>Only this</source>
        <translation>只改这个</translation>
    </message>
    <message>
        <source>Everything like it</source>
        <translation>同类都改</translation>
    </message>
    <message>
        <source>The whole artifact</source>
        <translation>整个作品</translation>
    </message>
    <message>
        <source>How much may change</source>
        <translation>可以改动的范围</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Stop inspecting</source>
        <translation>结束检查</translation>
    </message>
</context>
<context>
    <name>atelier::Inspector</name>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>已改</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Reset to the model&apos;s defaults</source>
        <translation>还原为模型默认值</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>没有打开的模型。</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Higher is more varied; 0 always takes the likeliest word</source>
        <translation>越高越多样；0 总是选最可能的词</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top p</translation>
    </message>
    <message>
        <source>Keeps the likeliest words that together reach this share</source>
        <translation>保留累计概率达到此值的最可能的词</translation>
    </message>
    <message>
        <source>Min p</source>
        <translation>Min p</translation>
    </message>
    <message>
        <source>Leaves out words less likely than this share of the likeliest one</source>
        <translation>舍去概率低于最高者这一比例的词</translation>
    </message>
    <message>
        <source>Top k</source>
        <translation>Top k</translation>
    </message>
    <message>
        <source>Keeps this many of the likeliest words</source>
        <translation>只保留这么多个最可能的词</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Longest reply</source>
        <translation>最长回复</translation>
    </message>
    <message>
        <source>In tokens; the reply then stops and can be continued</source>
        <translation>以词元计；到此回复停止，可以继续</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed gives the same reply again</source>
        <translation>相同的种子得到相同的回复</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>For all chats with this model</source>
        <translation>用于此模型的所有对话</translation>
    </message>
    <message>
        <source>What the model should know before every chat</source>
        <translation>每次对话前模型应当知道的内容</translation>
    </message>
</context>
<context>
    <name>atelier::MainWindow</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Open model…</source>
        <translation>打开模型…</translation>
    </message>
    <message>
        <source>Add a text file…</source>
        <translation>添加文本文件…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>剪切</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Copy the last answer</source>
        <translation>复制上一条回答</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Sidebar</source>
        <translation>侧栏</translation>
    </message>
    <message>
        <source>Artifact pane</source>
        <translation>作品面板</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>控制台</translation>
    </message>
    <message>
        <source>Reload the artifact</source>
        <translation>重新载入作品</translation>
    </message>
    <message>
        <source>Fill the window with the artifact</source>
        <translation>作品占满窗口</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>About Atelier</source>
        <translation>关于 Atelier</translation>
    </message>
    <message>
        <source>Atelier %1

A studio for GLM-4 models. What you write stays on this computer.</source>
        <translation>Atelier %1

GLM-4 模型的工作室。你写的内容只留在这台电脑。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Next pane</source>
        <translation>下一个面板</translation>
    </message>
    <message>
        <source>Previous pane</source>
        <translation>上一个面板</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>Open model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation>GGUF 模型 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Add a text file</source>
        <translation>添加文本文件</translation>
    </message>
    <message>
        <source>This file could not be read</source>
        <translation>无法读取此文件</translation>
    </message>
    <message>
        <source>&quot;%1&quot;: %2.</source>
        <translation>“%1”：%2。</translation>
    </message>
    <message>
        <source>This file is too long for a message</source>
        <translation>此文件太长，放不进消息</translation>
    </message>
    <message>
        <source>&quot;%1&quot; has %2 KiB; up to %3 KiB fit. Add the part that matters.</source>
        <translation>“%1”有 %2 KiB，最多可放 %3 KiB。请只添加需要的部分。</translation>
    </message>
    <message>
        <source>This is not a text file</source>
        <translation>这不是文本文件</translation>
    </message>
    <message>
        <source>&quot;%1&quot; contains bytes that are not UTF-8 text, so the model cannot read it.</source>
        <translation>“%1”含有不是 UTF-8 文本的字节，模型无法读取。</translation>
    </message>
    <message>
        <source>Older version of the artifact</source>
        <translation>作品的上一版</translation>
    </message>
    <message>
        <source>Newer version of the artifact</source>
        <translation>作品的下一版</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>分栏</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
</context>
<context>
    <name>atelier::ModelButton</name>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Loading %1%</source>
        <translation>正在加载 %1%</translation>
    </message>
    <message>
        <source>not loaded</source>
        <translation>未加载</translation>
    </message>
    <message>
        <source>Model: %1</source>
        <translation>模型：%1</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
</context>
<context>
    <name>atelier::ModelController</name>
    <message>
        <source>Reading the vocabulary</source>
        <translation>正在读取词表</translation>
    </message>
    <message>
        <source>Loading layer %1 of %2</source>
        <translation>正在加载第 %1 / %2 层</translation>
    </message>
    <message>
        <source>Reading the file</source>
        <translation>正在读取文件</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>%1 billion</source>
        <translation>%1B</translation>
    </message>
    <message>
        <source>%1 million</source>
        <translation>%1M</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 / %2 词元</translation>
    </message>
    <message>
        <source>Context memory</source>
        <translation>上下文内存</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行于</translation>
    </message>
    <message>
        <source>Kernels</source>
        <translation>计算内核</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>License</source>
        <translation>许可</translation>
    </message>
</context>
<context>
    <name>atelier::NetworkGate</name>
    <message>
        <source>This artifact may not use %1.</source>
        <translation>此作品不得访问 %1。</translation>
    </message>
    <message>
        <source>%1 was not found.</source>
        <translation>找不到 %1。</translation>
    </message>
    <message>
        <source>%1 leads into the local network.</source>
        <translation>%1 指向本地网络。</translation>
    </message>
    <message>
        <source>It redirects in a circle.</source>
        <translation>重定向陷入循环。</translation>
    </message>
    <message>
        <source>More than %1 MiB, or no answer within %2 s.</source>
        <translation>超过 %1 MiB，或 %2 秒内没有应答。</translation>
    </message>
</context>
<context>
    <name>atelier::PictureChip</name>
    <message>
        <source>Picture of the artifact</source>
        <translation>作品的画面</translation>
    </message>
    <message>
        <source>Picture of “%1”</source>
        <translation>“%1”的画面</translation>
    </message>
    <message>
        <source>The loaded model reads text only, so the picture stays here.</source>
        <translation>当前模型只能读文字，图片不会发送。</translation>
    </message>
    <message>
        <source>The loaded model reads text only: it cannot see this.</source>
        <translation>当前模型只能读文字，看不到这张图。</translation>
    </message>
    <message>
        <source>Send without it</source>
        <translation>不带图片发送</translation>
    </message>
    <message>
        <source>Remove the picture</source>
        <translation>移除图片</translation>
    </message>
</context>
<context>
    <name>atelier::ReplayWindow</name>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>%1, as it was written</source>
        <translation>%1的书写过程</translation>
    </message>
    <message>
        <source>Moment of the writing</source>
        <translation>书写的时刻</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>%1 of %2 characters</source>
        <translation>%1 / %2 个字符</translation>
    </message>
</context>
<context>
    <name>atelier::Sidebar</name>
    <message>
        <source>Chats appear here once you write.</source>
        <translation>写下第一句话后，对话会出现在这里。</translation>
    </message>
    <message>
        <source>No chat contains these words.</source>
        <translation>没有对话含有这些词。</translation>
    </message>
    <message>
        <source>Hide sidebar</source>
        <translation>隐藏侧栏</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Search chats</source>
        <translation>搜索对话</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>atelier::StageToolbar</name>
    <message>
        <source>Reload</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>Turn the screen on its side</source>
        <translation>横向屏幕</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Copy a picture of it</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Open in a browser…</source>
        <translation>在浏览器中打开…</translation>
    </message>
    <message>
        <source>Console below the stage</source>
        <translation>在预览下方显示控制台</translation>
    </message>
    <message>
        <source>Back into the main window</source>
        <translation>回到主窗口</translation>
    </message>
    <message>
        <source>Into a window of its own</source>
        <translation>在独立窗口中显示</translation>
    </message>
    <message>
        <source>Artifact views</source>
        <translation>作品视图</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>分栏</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>控制台</translation>
    </message>
    <message>
        <source>Fit the pane</source>
        <translation>适应面板</translation>
    </message>
    <message>
        <source>%1 pixels wide</source>
        <translation>宽 %1 像素</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Inspect element</source>
        <translation>检查元素</translation>
    </message>
    <message>
        <source>Add a picture of it to the message</source>
        <translation>把画面加到消息中</translation>
    </message>
</context>
<context>
    <name>atelier::StoppedCard</name>
    <message>
        <source>This page stopped responding</source>
        <translation>此页面没有响应</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Show the code</source>
        <translation>查看代码</translation>
    </message>
    <message>
        <source>Ask GLM-4 to fix it</source>
        <translation>让 GLM-4 修复</translation>
    </message>
    <message>
        <source>Show line %1</source>
        <translation>显示第 %1 行</translation>
    </message>
    <message>
        <source>A script ran for 3 seconds without a pause, or the page ended by itself. The last thing it said came from line %1. The chat and your other artifacts are not affected.</source>
        <translation>脚本连续运行了 3 秒没有停顿，或页面自行结束。它最后的输出来自第 %1 行。对话和其他作品不受影响。</translation>
    </message>
    <message>
        <source>A script ran for 3 seconds without a pause, or the page ended by itself. The chat and your other artifacts are not affected.</source>
        <translation>脚本连续运行了 3 秒没有停顿，或页面自行结束。对话和其他作品不受影响。</translation>
    </message>
</context>
<context>
    <name>atelier::Studio</name>
    <message>
        <source>Your chats were repaired.</source>
        <translation>你的对话已修复。</translation>
    </message>
    <message>
        <source>The settings were damaged.</source>
        <translation>设置已损坏。</translation>
    </message>
</context>
<context>
    <name>atelier::TranscriptHeader</name>
    <message>
        <source>Open model…</source>
        <translation>打开模型…</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>取消加载</translation>
    </message>
    <message>
        <source>Show model facts</source>
        <translation>查看模型信息</translation>
    </message>
    <message>
        <source>Show sidebar</source>
        <translation>显示侧栏</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Artifact pane</source>
        <translation>作品面板</translation>
    </message>
</context>
<context>
    <name>atelier::TranscriptView</name>
    <message>
        <source>The conversation is shown as plain text</source>
        <translation>对话以纯文本显示</translation>
    </message>
</context>
<context>
    <name>atelier::TrustedView</name>
    <message>
        <source>Copy link address</source>
        <translation>复制链接地址</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>atelier::VersionStrip</name>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>v%1, last one that ran</source>
        <translation>v%1，最后一个能运行的版本</translation>
    </message>
    <message>
        <source>v%1</source>
        <translation>v%1</translation>
    </message>
    <message>
        <source>Version %1, %2</source>
        <translation>第 %1 版：%2</translation>
    </message>
</context>
<context>
    <name>atelier::WindowProgram</name>
    <message>
        <source>Source copied</source>
        <translation>已复制源码</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重新生成</translation>
    </message>
    <message>
        <source>Edit the question</source>
        <translation>修改提问</translation>
    </message>
    <message>
        <source>Save artifact</source>
        <translation>保存作品</translation>
    </message>
    <message>
        <source>Artifact saved</source>
        <translation>作品已保存</translation>
    </message>
    <message>
        <source>The artifact was not saved.</source>
        <translation>作品没有保存。</translation>
    </message>
    <message>
        <source>Picture copied</source>
        <translation>已复制图片</translation>
    </message>
    <message>
        <source>Open in a browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>A browser does not keep an artifact apart from everything else as Atelier does.

The page is opened as one file whose policy forbids the network, but its scripts run with whatever the browser allows files of this computer. Open only what you trust.</source>
        <translation>浏览器不会像 Atelier 那样把作品与其他内容隔离开。

页面以单个文件打开，其策略禁止联网，但脚本拥有浏览器给予本机文件的权限。请只打开你信任的内容。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>第 %1 版</translation>
    </message>
    <message>
        <source>Saved without what no file can hold: %1</source>
        <translation>已保存，但不含文件无法容纳的内容：%1</translation>
    </message>
    <message>
        <source>Its page did not say what it shows. Reload it and save again.</source>
        <translation>页面没有给出所显示的内容。请重新加载后再保存。</translation>
    </message>
</context>
</TS>
