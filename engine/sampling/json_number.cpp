// SPDX-License-Identifier: MIT
#include "engine/sampling/json_number.h"

#include "engine/base/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace atelier {

namespace {

// Few digits, so that a number below a limit is not rounded to it by who reads it as a double.
constexpr std::string_view kAnyFraction = R"(("." [0-9]{1,6})?)";
constexpr std::string_view kZeroFraction = R"(("." "0"{1,6})?)";
constexpr std::string_view kNoZeroFraction = R"("." "0"{0,3} [1-9] [0-9]{0,2})";
constexpr double kFractionsFit = 1e9; // up to here they do not

// Whole numbers from 0 on, both ends included.
struct Magnitudes
{
    int64_t least = 0;
    int64_t most = -1;

    bool empty() const { return most < least; }
};

std::string repeated(const std::string& item, size_t least, size_t most)
{
    if (most == 0) {
        return {};
    }
    std::string text = " " + item;
    if (least != 1 || most != 1) {
        text +=
            "{" + std::to_string(least) + (least == most ? "" : "," + std::to_string(most)) + "}";
    }
    return text;
}

std::string digitClass(char first, char last)
{
    return first == last ? std::string("\"") + first + "\""
                         : std::string("[") + first + "-" + last + "]";
}

bool areAll(std::string_view digits, char digit)
{
    return digits.find_first_not_of(digit) == std::string_view::npos;
}

// The texts between two of the same length, digit by digit: where the first digits differ, those
// between them leave the rest free.
std::string between(std::string_view least, std::string_view most)
{
    if (least.empty()) {
        return {};
    }
    if (areAll(least, '0') && areAll(most, '9')) {
        return repeated("[0-9]", least.size(), least.size());
    }
    const std::string_view leastRest = least.substr(1);
    const std::string_view mostRest = most.substr(1);
    if (least.front() == most.front()) {
        return " " + digitClass(least.front(), most.front()) + between(leastRest, mostRest);
    }
    const size_t rest = leastRest.size();
    const bool leastIsFree = areAll(leastRest, '0');
    const bool mostIsFree = areAll(mostRest, '9');
    const char from = char(least.front() + (leastIsFree ? 0 : 1));
    const char to = char(most.front() - (mostIsFree ? 0 : 1));
    std::vector<std::string> options;
    if (!leastIsFree) {
        options.push_back(
            digitClass(least.front(), least.front()) + between(leastRest, std::string(rest, '9')));
    }
    if (from <= to) {
        options.push_back(digitClass(from, to) + repeated("[0-9]", rest, rest));
    }
    if (!mostIsFree) {
        options.push_back(
            digitClass(most.front(), most.front()) + between(std::string(rest, '0'), mostRest));
    }
    std::string text = " (";
    for (const std::string& option : options) {
        text += (&option == options.data() ? "" : " | ") + option;
    }
    return text + ")";
}

// Without leading zeros; grouped by their lengths, and those of free lengths together.
std::string gbnfOf(const Magnitudes& magnitudes)
{
    std::vector<std::string> options;
    const size_t first = std::to_string(magnitudes.least).size();
    const size_t last = std::to_string(magnitudes.most).size();
    for (size_t length = first; length <= last; ++length) {
        const std::string lowest = length == 1 ? "0" : "1" + std::string(length - 1, '0');
        const std::string highest(length, '9');
        const std::string least = length == first ? std::to_string(magnitudes.least) : lowest;
        std::string most = length == last ? std::to_string(magnitudes.most) : highest;
        if (length > 1 && least == lowest && most == highest) {
            size_t end = length;
            while (end + 1 < last ||
                   (end + 1 == last && areAll(std::to_string(magnitudes.most), '9'))) {
                ++end;
            }
            options.push_back("[1-9]" + repeated("[0-9]", length - 1, end - 1));
            length = end;
        } else {
            options.push_back(between(least, most).substr(1));
        }
    }
    std::string text = "(";
    for (const std::string& option : options) {
        text += (&option == options.data() ? "" : " | ") + option;
    }
    return text + ")";
}

std::string joined(const std::vector<std::string>& options)
{
    std::string text;
    for (const std::string& option : options) {
        text += (text.empty() ? "" : " | ") + option;
    }
    return "(" + text + ")";
}

// Numbers from `least` to `most`, from 0 on; an end that is excluded is not one of them.
void addFractions(int64_t least,
    int64_t most,
    bool leastExcluded,
    bool mostExcluded,
    const std::string& sign,
    std::vector<std::string>& options)
{
    const auto add = [&](const Magnitudes& whole, std::string_view fraction) {
        if (!whole.empty()) {
            options.push_back(sign + gbnfOf(whole) + " " + std::string(fraction));
        }
    };
    if (leastExcluded && least < most) {
        add({least, least}, kNoZeroFraction);
    }
    add({leastExcluded ? least + 1 : least, most - 1}, kAnyFraction);
    if (!mostExcluded && !(leastExcluded && least == most)) {
        add({most, most}, kZeroFraction);
    }
}

} // namespace

Result<NumberLimits> NumberLimits::read(const nlohmann::ordered_json& schema)
{
    NumberLimits limits;
    for (const char* keyword : {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"}) {
        const auto found = schema.find(keyword);
        if (found == schema.end()) {
            continue;
        }
        const std::string_view name = keyword;
        const bool isLeast = name.ends_with("inimum");
        const bool excludes = name.starts_with("exclusive");
        double& limit = isLeast ? limits.least : limits.most;
        bool& excluded = isLeast ? limits.leastExcluded : limits.mostExcluded;
        if (excludes && found->is_boolean()) {
            excluded = found->get<bool>() && schema.contains(isLeast ? "minimum" : "maximum");
            continue;
        }
        if (!found->is_number()) {
            return Error{ErrorCode::InvalidUse, shownName(keyword) + " must be a number."};
        }
        const double value = found->get<double>();
        if (isLeast ? value > kLargest : value < -kLargest) {
            return Error{ErrorCode::Unsupported,
                shownName(keyword) + " asks for numbers of more than 15 digits."};
        }
        // Of two limits the narrower one holds.
        if (isLeast ? value > limit || (value == limit && excludes)
                    : value < limit || (value == limit && excludes)) {
            limit = value;
            excluded = excludes;
        }
        limits.any = true;
    }
    const bool none =
        limits.least > limits.most ||
        (limits.least == limits.most && (limits.leastExcluded || limits.mostExcluded));
    if (none) {
        return Error{ErrorCode::InvalidUse, "no number is within its limits."};
    }
    return limits;
}

bool NumberLimits::areWhole() const
{
    return std::floor(least) == least && std::floor(most) == most;
}

Result<std::string> NumberLimits::gbnfOfIntegers() const
{
    const auto low = int64_t(leastExcluded ? std::floor(least) + 1 : std::ceil(least));
    const auto high = int64_t(mostExcluded ? std::ceil(most) - 1 : std::floor(most));
    const Magnitudes negative{std::max<int64_t>(1, -high), -low};
    const Magnitudes positive{std::max<int64_t>(0, low), high};
    std::vector<std::string> options;
    if (!negative.empty()) {
        options.push_back("\"-\" " + gbnfOf(negative));
    }
    if (!positive.empty()) {
        options.push_back(gbnfOf(positive));
    }
    if (options.empty()) {
        return Error{ErrorCode::InvalidUse, "no whole number is within its limits."};
    }
    return joined(options);
}

Result<std::string> NumberLimits::gbnfOfNumbers() const
{
    auto low = int64_t(std::floor(least));
    auto high = int64_t(std::ceil(most));
    bool lowExcluded = leastExcluded && std::floor(least) == least;
    bool highExcluded = mostExcluded && std::ceil(most) == most;
    if (lowExcluded && std::abs(least) > kFractionsFit) {
        lowExcluded = false;
        ++low;
    }
    if (highExcluded && std::abs(most) > kFractionsFit) {
        highExcluded = false;
        --high;
    }
    if (low > high) {
        return Error{ErrorCode::InvalidUse, "no number is within its limits."};
    }
    std::vector<std::string> options;
    // -0 is 0 too.
    if (low < 0 || (low == 0 && !lowExcluded)) {
        const bool reachesZero = high >= 0;
        addFractions(reachesZero ? 0 : -high,
            -low,
            (!reachesZero || high == 0) && highExcluded,
            lowExcluded,
            "\"-\" ",
            options);
    }
    if (high >= 0) {
        addFractions(
            std::max<int64_t>(0, low), high, low >= 0 && lowExcluded, highExcluded, "", options);
    }
    return joined(options);
}

} // namespace atelier
