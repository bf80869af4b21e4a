// SPDX-License-Identifier: MIT
// Result<T>: a value, or the reason why there is none. The engine throws nothing across its API.
#pragma once

#include "engine/base/check.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace atelier {

enum class ErrorCode : uint8_t {
    Io,            // the file system refused
    NotAModel,     // the file is something else altogether
    Truncated,     // the file ends before what it announces
    InvalidFormat, // the bytes are there but do not mean what they should
    Unsupported,   // understood, but not by this build or this device
    OutOfMemory,   // host or device; `bytesNeeded` and `bytesAvailable` are set
    ContextFull,   // the prompt or reply does not fit the context; the numbers are tokens
    DeviceLost,    // the backend must be destroyed and created again
    NoDevice,      // the device that was asked for is not there, or cannot be used
    Cancelled,     // the caller asked for it; not shown to the user
    InvalidUse,    // an argument a person gave makes no sense (an option, a request)
};

struct Error
{
    ErrorCode code = ErrorCode::Io;
    std::string message; // one sentence for people; names the file, tensor or device
    // Set where they are known. Bytes, except for ContextFull, where they count tokens.
    uint64_t needed = 0;
    uint64_t available = 0;
};

// Result<void> is spelled Status.
struct Done
{
};

template <class T>
class [[nodiscard]] Result
{
public:
    // NOLINTBEGIN(google-explicit-constructor): so that `return value;` and
    // `return Error{...};` work.
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}
    // NOLINTEND(google-explicit-constructor)

    explicit operator bool() const { return m_state.index() == 0; }

    const T& value() const
    {
        check(bool(*this), "value() needs a Result that holds a value");
        return *std::get_if<0>(&m_state);
    }
    T& value()
    {
        check(bool(*this), "value() needs a Result that holds a value");
        return *std::get_if<0>(&m_state);
    }
    T take() // moves the value out
    {
        check(bool(*this), "take() needs a Result that holds a value");
        return std::move(*std::get_if<0>(&m_state));
    }

    const Error& error() const
    {
        check(!*this, "error() needs a Result that holds an error");
        return *std::get_if<1>(&m_state);
    }

private:
    std::variant<T, Error> m_state;
};

using Status = Result<Done>;

} // namespace atelier
