// SPDX-License-Identifier: MIT
// Threads of a block are fibers. A fiber runs until it meets a barrier or a warp operation and goes
// on when all that belong to it have come. Fibers take turns upwards and downwards alternately, so
// that code which needs a barrier and has none goes wrong in one of the two.
#include "emulated_block.h"

#include "emulated_device.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

// Saves the registers that a function must keep on this stack, and goes on with another one. The C
// library's swapcontext() asks the kernel each time, which took half of all time here.
extern "C" void atelierSwitchFiber(void** saveStack, void* stack);
asm(R"(
    .text
    .p2align 4
    .globl atelierSwitchFiber
    .hidden atelierSwitchFiber
    .type atelierSwitchFiber, @function
atelierSwitchFiber:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
)");

namespace emulated {

namespace {

constexpr size_t kStackBytes = 128 * 1024;
constexpr size_t kMaxWords = 64; // of one thread in a collective

enum class State : uint8_t { Ready, AtBarrier, InWarp, Finished };

struct Fiber
{
    void* stack = nullptr; // where it goes on
    State state = State::Ready;
    Index thread;
    uint32_t turns = 0; // warp operations so far
};

struct Warp
{
    uint32_t arrived = 0;
    size_t words = 0; // of the operation under way; 0 for exchange()
    uint64_t slots[2][32] = {};
    uint32_t given[2][32 * kMaxWords] = {};
    uint32_t taken[2][32 * kMaxWords] = {};
};

class Block
{
public:
    explicit Block(const Grid& grid)
        : m_grid(grid),
          m_fibers(grid.threads),
          m_warps((grid.threads + 31) / 32),
          m_memory((grid.memory + 15) / 16 * 16 + 16)
    {
        m_stackBytes = grid.threads * kStackBytes;
        m_stacks = static_cast<std::byte*>(mmap(
            nullptr, m_stackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    }
    ~Block() { munmap(m_stacks, m_stackBytes); }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;

    void run(Index block, const void* kernel, Thunk thunk, void** arguments);

    Fiber& current() { return *m_current; }
    const Index& index() const { return m_index; }
    std::string& problem() { return m_problem; }
    const Grid& grid() const { return m_grid; }
    unsigned char* memory()
    {
        // The end of what was asked for is the end of the memory, as far as 16 bytes allow.
        return m_memory.data();
    }
    void* variable(const void* tag, size_t bytes)
    {
        Variable& variable = m_variables[tag];
        if (variable.block != m_blocks) { // the first thread of this block that asks
            variable.block = m_blocks;
            variable.memory.assign(bytes, 0xff);
        }
        return variable.memory.data();
    }
    Warp& warp() { return m_warps[m_current->thread.x / 32]; }
    void wakeWarp();
    void wait(State state)
    {
        m_current->state = state;
        atelierSwitchFiber(&m_current->stack, m_scheduler);
    }
    void enter() // of a new fiber
    {
        m_thunk(m_kernel, m_arguments);
        m_current->state = State::Finished;
        atelierSwitchFiber(&m_current->stack, m_scheduler);
    }
    [[noreturn]] void giveUp()
    {
        m_current->state = State::Finished;
        atelierSwitchFiber(&m_current->stack, m_scheduler);
        std::abort(); // a finished fiber never goes on
    }

private:
    bool turn(bool upwards);
    bool openBarrier();

    Grid m_grid;
    std::vector<Fiber> m_fibers;
    std::vector<Warp> m_warps;
    std::vector<unsigned char> m_memory;
    struct Variable
    {
        uint64_t block = 0;
        std::vector<unsigned char> memory;
    };
    std::map<const void*, Variable> m_variables;
    uint64_t m_blocks = 0; // run so far
    std::byte* m_stacks = nullptr;
    size_t m_stackBytes = 0;
    void* m_scheduler = nullptr;
    Fiber* m_current = nullptr;
    Index m_index;
    std::string m_problem;
    const void* m_kernel = nullptr;
    Thunk m_thunk = nullptr;
    void** m_arguments = nullptr;
    bool m_upwards = false;
};

Block* activeBlock = nullptr; // kernels run one at a time

void enterFiber()
{
    activeBlock->enter();
}

void Block::run(Index block, const void* kernel, Thunk thunk, void** arguments)
{
    activeBlock = this;
    m_index = block;
    m_kernel = kernel;
    m_thunk = thunk;
    m_arguments = arguments;
    ++m_blocks;
    std::fill(m_memory.begin(), m_memory.end(), static_cast<unsigned char>(0xff));
    for (Warp& warp : m_warps) {
        warp.arrived = 0;
    }
    for (size_t i = 0; i < m_fibers.size(); ++i) {
        Fiber& fiber = m_fibers[i];
        fiber.state = State::Ready;
        fiber.thread = {uint32_t(i), 0, 0};
        fiber.turns = 0;
        // As if atelierSwitchFiber() had been called at the beginning of enterFiber().
        void** top = reinterpret_cast<void**>(m_stacks + (i + 1) * kStackBytes);
        top[-2] = reinterpret_cast<void*>(&enterFiber);
        fiber.stack = top - 8;
    }
    while (m_problem.empty()) {
        m_upwards = !m_upwards;
        if (!turn(m_upwards) && !openBarrier()) {
            break;
        }
    }
}

// Lets every fiber that can go on do so. False: there was none.
bool Block::turn(bool upwards)
{
    bool any = false;
    for (size_t i = 0; i < m_fibers.size() && m_problem.empty(); ++i) {
        Fiber& fiber = m_fibers[upwards ? i : m_fibers.size() - 1 - i];
        if (fiber.state == State::Ready) {
            any = true;
            m_current = &fiber;
            atelierSwitchFiber(&m_scheduler, fiber.stack);
        }
    }
    return any;
}

// False: all fibers are done, or they wait for each other in vain.
bool Block::openBarrier()
{
    size_t waiting = 0;
    size_t finished = 0;
    for (const Fiber& fiber : m_fibers) {
        waiting += fiber.state == State::AtBarrier ? 1 : 0;
        finished += fiber.state == State::Finished ? 1 : 0;
    }
    if (finished == m_fibers.size()) {
        return false;
    }
    if (waiting != m_fibers.size()) {
        m_problem =
            "threads of a block wait for others that never come: " + std::to_string(waiting) +
            " at a barrier, " + std::to_string(finished) + " finished, of " +
            std::to_string(m_fibers.size());
        return false;
    }
    for (Fiber& fiber : m_fibers) {
        fiber.state = State::Ready;
    }
    return true;
}

void Block::wakeWarp()
{
    const size_t first = m_current->thread.x / 32 * 32;
    for (size_t i = first; i < first + 32; ++i) {
        m_fibers[i].state = State::Ready;
    }
    warp().arrived = 0;
}

// One warp operation: `give` before, `finish` when all are there. Returns the side of the buffers
// that holds it: the next operation uses the other one, so nobody overwrites what is not yet read.
template <class Give, class Finish>
uint32_t meet(size_t words, Give give, Finish finish)
{
    Block& block = *activeBlock;
    Warp& warp = block.warp();
    const uint32_t side = block.current().turns++ % 2;
    if (warp.arrived > 0 && warp.words != words) {
        fail("threads of a warp meet in different operations");
    }
    warp.words = words;
    give(warp, side, block.current().thread.x % 32);
    if (++warp.arrived == 32) {
        finish(warp, side);
        block.wakeWarp();
    } else {
        block.wait(State::InWarp);
    }
    return side;
}

} // namespace

const Index& threadIndex()
{
    return activeBlock->current().thread;
}

const Index& blockIndex()
{
    return activeBlock->index();
}

void* blockVariable(const void* tag, size_t bytes)
{
    return activeBlock->variable(tag, bytes);
}

unsigned char* blockMemory()
{
    return activeBlock->memory();
}

void barrier()
{
    activeBlock->wait(State::AtBarrier);
}

const uint64_t* exchange(uint64_t mine)
{
    const uint32_t side = meet(
        0,
        [&](Warp& warp, uint32_t at, uint32_t lane) { warp.slots[at][lane] = mine; },
        [](Warp&, uint32_t) {});
    return activeBlock->warp().slots[side];
}

void collective(const uint32_t* mine,
    size_t words,
    uint32_t* result,
    size_t results,
    void (*compute)(const uint32_t* all, uint32_t* out))
{
    const uint32_t lane = threadIndex().x % 32;
    const uint32_t side = meet(
        words,
        [&](Warp& warp, uint32_t at, uint32_t i) {
            std::memcpy(warp.given[at] + i * words, mine, words * 4);
        },
        [&](Warp& warp, uint32_t at) { compute(warp.given[at], warp.taken[at]); });
    std::memcpy(result, activeBlock->warp().taken[side] + lane * results, results * 4);
}

void fail(const char* problem)
{
    activeBlock->problem() = problem;
    activeBlock->giveUp();
}

std::string runKernel(const Grid& grid, const void* kernel, Thunk thunk, void** arguments)
{
    // Setting up stacks takes longer than small kernels: kept from launch to launch.
    static std::map<std::pair<uint32_t, size_t>, std::unique_ptr<Block>> blocks;
    auto& block = blocks[{grid.threads, grid.memory}];
    if (!block) {
        block = std::make_unique<Block>(grid);
    }
    for (uint32_t y = 0; y < grid.y; ++y) {
        for (uint32_t x = 0; x < grid.x; ++x) {
            block->run({x, y, 0}, kernel, thunk, arguments);
            if (!block->problem().empty()) {
                std::string problem = block->problem();
                block.reset();
                return problem;
            }
        }
    }
    return {};
}

} // namespace emulated
