// SPDX-License-Identifier: MIT
// The limits that a JSON schema sets to numbers, as a grammar of their digits.
#pragma once

#include "engine/base/result.h"

#include <nlohmann/json.hpp>

#include <string>

namespace atelier {

// What minimum, maximum, exclusiveMinimum and exclusiveMaximum of a schema come to; the two
// exclusive ones may also be true or false, as in draft 4.
struct NumberLimits
{
    // Beyond this nothing is written, and limits say no more than this does.
    static constexpr double kLargest = 999'999'999'999'999;

    double least = -kLargest;
    double most = kLargest;
    bool leastExcluded = false;
    bool mostExcluded = false;
    bool any = false; // one of the keywords is there

    // InvalidUse for a keyword that is no number, and when no number is left; Unsupported when all
    // that are left have more than 15 digits. The message goes on behind "at X, ".
    static Result<NumberLimits> read(const nlohmann::ordered_json& schema);

    bool areWhole() const; // both, so that gbnfOfNumbers() keeps to them exactly

    // The whole numbers within the limits. InvalidUse when there are none.
    Result<std::string> gbnfOfIntegers() const;
    // All numbers within them, without an exponent; limits that are no whole numbers are widened to
    // the next ones. At most 6 digits behind the point.
    Result<std::string> gbnfOfNumbers() const;
};

} // namespace atelier
