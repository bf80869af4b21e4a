// SPDX-License-Identifier: MIT
// The sandbox is a Duktape heap. All it allocates goes through our allocator, which is also where
// time and depth are checked: a script cannot run for long without allocating. Beyond a limit the
// allocator does not fail, which would make the heap collect garbage again and again, and scripts
// could go on: it jumps out of the script, and the heap is given up with everything in it.
#include "engine/chat/jinja_engine.h"

#include "engine/base/text.h"
#include "engine/base/thread_time.h"
#include "engine/chat/jinja_script.h"

#include <duktape.h>

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdlib>
#include <utility>

#ifdef _MSC_VER
#include <intrin.h>
#endif

namespace atelier {

namespace {

enum class Outcome : uint8_t { Done, Threw, OutOfTime, OutOfMemory, TooDeep, Broken };

// Where the caller's stack is; grows downwards on every machine that we build for.
uintptr_t stackPosition()
{
#ifdef _MSC_VER
    return reinterpret_cast<uintptr_t>(_AddressOfReturnAddress());
#else
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
#endif
}

// Precedes each block. The list lets a heap be freed that was left in the middle of its work.
struct alignas(16) Block
{
    Block* previous;
    Block* next;
    size_t bytes;
};

// Owner:   of every byte of its Duktape heap.
// Threads: one thread at a time.
class ScriptHeap
{
public:
    explicit ScriptHeap(const JinjaLimits& limits) : m_limits(limits) {}
    ~ScriptHeap()
    {
        while (m_first != nullptr) {
            Block* next = m_first->next;
            std::free(m_first);
            m_first = next;
        }
    }
    ScriptHeap(const ScriptHeap&) = delete;
    ScriptHeap& operator=(const ScriptHeap&) = delete;

    // Creates the heap and runs a script in it.
    Outcome start(const char* script, size_t bytes)
    {
        m_text = script;
        m_textBytes = bytes;
        return guarded(&ScriptHeap::createAndRun, 10.0);
    }
    // Calls a global function with texts. answer() is what it returned, or the message it threw.
    Outcome call(
        const char* function, const std::string& first, const std::string& second, double seconds)
    {
        m_function = function;
        m_firstArgument = &first;
        m_secondArgument = &second;
        return guarded(&ScriptHeap::callGlobal, seconds);
    }
    std::string_view answer() const
    {
        size_t bytes = 0;
        const char* text = m_context ? duk_get_lstring(m_context, -1, &bytes) : nullptr;
        return text ? std::string_view(text, bytes) : std::string_view();
    }

private:
    // Nothing on the stack between here and the allocator may need a destructor.
    Outcome guarded(Outcome (ScriptHeap::*work)(), double seconds)
    {
        m_deadline = threadSeconds() + seconds;
        m_stackLimit = stackPosition() - m_limits.stackBytes;
        if (setjmp(m_exit) != 0) {
            m_context = nullptr; // in an unknown state
            return m_outcome;
        }
        return (this->*work)();
    }

    Outcome createAndRun()
    {
        m_context = duk_create_heap(&allocate, &reallocate, &release, this, &broken);
        if (m_context == nullptr) {
            return Outcome::OutOfMemory;
        }
        return duk_peval_lstring(m_context, m_text, m_textBytes) == 0 ? Outcome::Done
                                                                      : Outcome::Broken;
    }

    Outcome callGlobal()
    {
        duk_set_top(m_context, 0);
        return duk_safe_call(m_context, &callSafely, this, 0, 1) == DUK_EXEC_SUCCESS
                   ? Outcome::Done
                   : describeFailure();
    }

    static duk_ret_t callSafely(duk_context* context, void* self)
    {
        auto* heap = static_cast<ScriptHeap*>(self);
        duk_get_global_string(context, heap->m_function);
        for (const std::string* text : {heap->m_firstArgument, heap->m_secondArgument}) {
            duk_push_lstring(context, text->data(), text->size());
        }
        duk_call(context, 2);
        duk_to_string(context, -1);
        return 1;
    }

    Outcome describeFailure()
    {
        duk_safe_call(m_context, &takeMessage, nullptr, 1, 1);
        return Outcome::Threw;
    }

    static duk_ret_t takeMessage(duk_context* context, void*)
    {
        if (duk_is_object(context, -1)) {
            duk_get_prop_string(context, -1, "message");
        }
        duk_to_string(context, -1);
        return 1;
    }

    [[noreturn]] void leave(Outcome outcome)
    {
        m_outcome = outcome;
        longjmp(m_exit, 1);
    }

    // False when the heap should collect garbage and ask again: there is much of it, in cycles that
    // count themselves as used. When it asks again and there still is no room, the script goes.
    bool checkLimits(size_t newBytes)
    {
        const bool isFull = newBytes > m_limits.heapBytes - std::min(m_used, m_limits.heapBytes);
        if (isFull && m_wasFull) {
            leave(Outcome::OutOfMemory);
        }
        m_wasFull = isFull;
        if (stackPosition() < m_stackLimit) {
            leave(Outcome::TooDeep);
        }
        if ((isFull || ++m_allocations % 16 == 0) && threadSeconds() > m_deadline) {
            leave(Outcome::OutOfTime);
        }
        return !isFull;
    }

    static void* allocate(void* self, duk_size_t bytes)
    {
        auto* heap = static_cast<ScriptHeap*>(self);
        if (!heap->checkLimits(bytes)) {
            return nullptr;
        }
        auto* block = static_cast<Block*>(std::malloc(sizeof(Block) + bytes));
        if (block == nullptr) {
            heap->leave(Outcome::OutOfMemory);
        }
        *block = {nullptr, heap->m_first, bytes};
        heap->link(block);
        return block + 1;
    }

    static void* reallocate(void* self, void* memory, duk_size_t bytes)
    {
        auto* heap = static_cast<ScriptHeap*>(self);
        if (memory == nullptr) {
            return allocate(self, bytes);
        }
        if (bytes == 0) {
            release(self, memory);
            return nullptr;
        }
        auto* block = static_cast<Block*>(memory) - 1;
        const size_t before = block->bytes;
        if (!heap->checkLimits(bytes > before ? bytes - before : 0)) {
            return nullptr;
        }
        block = static_cast<Block*>(std::realloc(block, sizeof(Block) + bytes));
        if (block == nullptr) {
            heap->leave(Outcome::OutOfMemory);
        }
        heap->m_used -= before;
        block->bytes = bytes;
        heap->link(block);
        return block + 1;
    }

    static void release(void* self, void* memory)
    {
        if (memory == nullptr) {
            return;
        }
        auto* heap = static_cast<ScriptHeap*>(self);
        auto* block = static_cast<Block*>(memory) - 1;
        (block->previous ? block->previous->next : heap->m_first) = block->next;
        if (block->next) {
            block->next->previous = block->previous;
        }
        heap->m_used -= block->bytes;
        std::free(block);
    }

    // Duktape calls this instead of aborting; it must not return.
    static void broken(void* self, const char*)
    {
        static_cast<ScriptHeap*>(self)->leave(Outcome::Broken);
    }

    void link(Block* block) // its neighbors are known; after realloc() they point to its old place
    {
        (block->previous ? block->previous->next : m_first) = block;
        if (block->next) {
            block->next->previous = block;
        }
        m_used += block->bytes;
    }

    JinjaLimits m_limits;
    duk_context* m_context = nullptr;
    Block* m_first = nullptr;
    size_t m_used = 0;      // bytes
    bool m_wasFull = false; // at the last allocation
    uint32_t m_allocations = 0;
    double m_deadline = 0; // of threadSeconds()
    uintptr_t m_stackLimit = 0;
    std::jmp_buf m_exit = {};
    Outcome m_outcome = Outcome::Broken;
    // What the guarded work is about: it cannot take arguments that would be lost in the jump.
    const char* m_text = nullptr;
    size_t m_textBytes = 0;
    const char* m_function = nullptr;
    const std::string* m_firstArgument = nullptr;
    const std::string* m_secondArgument = nullptr;
};

// UTF-8 out of what scripts hold: characters beyond the first 65,536 may be two surrogates, each
// written as three bytes. What is no text becomes U+FFFD.
std::string toUtf8(std::string_view text)
{
    const auto surrogate = [text](size_t at) -> uint32_t {
        if (at + 3 > text.size() || uint8_t(text[at]) != 0xEDu || uint8_t(text[at + 1]) < 0xA0u) {
            return 0;
        }
        return 0xD000u | (uint32_t(uint8_t(text[at + 1])) & 0x3Fu) << 6 |
               (uint32_t(uint8_t(text[at + 2])) & 0x3Fu);
    };
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        if (const size_t length = utf8SequenceLength(text, at); length > 0) {
            out += text.substr(at, length);
            at += length;
            continue;
        }
        const uint32_t high = surrogate(at);
        const uint32_t low = high ? surrogate(at + 3) : 0;
        if (high >= 0xD800 && high < 0xDC00 && low >= 0xDC00) {
            const uint32_t code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            out += char(0xF0 | code >> 18);
            out += char(0x80 | (code >> 12 & 0x3F));
            out += char(0x80 | (code >> 6 & 0x3F));
            out += char(0x80 | (code & 0x3F));
            at += 6;
        } else {
            out += "\xEF\xBF\xBD";
            at += high ? 3 : 1;
        }
    }
    return out;
}

class DuktapeJinja final : public JinjaEngine
{
public:
    DuktapeJinja(std::string source, const JinjaLimits& limits)
        : m_source(toUtf8(source)),
          m_limits(limits)
    {
    }

    Status compile()
    {
        m_heap = std::make_unique<ScriptHeap>(m_limits);
        Outcome outcome = m_heap->start(kJinjaScript, kJinjaScriptBytes);
        if (outcome == Outcome::Done) {
            outcome = m_heap->call("atelierCompile", m_source, std::string(), m_limits.seconds);
        }
        return take(outcome);
    }

    Result<std::string> render(
        const std::string& variables, const std::string& numberMark, double extraSeconds) override
    {
        if (!m_heap) { // given up by the call before
            if (const Status compiled = compile(); !compiled) {
                m_heap.reset();
                return compiled.error();
            }
        }
        const Outcome outcome =
            m_heap->call("atelierRender", variables, numberMark, m_limits.seconds + extraSeconds);
        if (outcome == Outcome::Done) {
            return toUtf8(m_heap->answer());
        }
        return take(outcome).error();
    }

private:
    Status take(Outcome outcome)
    {
        switch (outcome) {
        case Outcome::Done:
            return Done{};
        case Outcome::Threw:
            return refusal(toUtf8(m_heap->answer().substr(0, 300)));
        case Outcome::OutOfTime:
            return giveUp("it takes too long");
        case Outcome::OutOfMemory:
            return giveUp("it takes more than " + readableBytes(m_limits.heapBytes) + " of memory");
        case Outcome::TooDeep:
            return giveUp("it is nested too deep");
        case Outcome::Broken:
            break;
        }
        return giveUp("the script engine failed");
    }
    Error giveUp(const std::string& why)
    {
        m_heap.reset();
        return refusal(why);
    }
    static Error refusal(const std::string& why)
    {
        return Error{ErrorCode::InvalidFormat, "The chat template cannot be used: " + why + "."};
    }

    std::string m_source;
    JinjaLimits m_limits;
    std::unique_ptr<ScriptHeap> m_heap;
};

} // namespace

bool JinjaEngine::isAvailable()
{
    return true;
}

Result<std::unique_ptr<JinjaEngine>> JinjaEngine::create(
    std::string source, const JinjaLimits& limits)
{
    if (source.size() > limits.templateBytes) {
        return Error{ErrorCode::InvalidFormat,
            "The chat template has " + readableBytes(source.size()) + "; it may have at most " +
                readableBytes(limits.templateBytes) + ".",
            source.size(),
            limits.templateBytes};
    }
    auto engine = std::make_unique<DuktapeJinja>(std::move(source), limits);
    if (const Status compiled = engine->compile(); !compiled) {
        return compiled.error();
    }
    return std::unique_ptr<JinjaEngine>(std::move(engine));
}

} // namespace atelier
