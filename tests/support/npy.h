// SPDX-License-Identifier: MIT
// Reads the float32 .npy files of the reference logits.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace atelier::test {

// The values in file order; empty when the file is absent or holds anything but little-endian F32.
inline std::vector<float> readNpy(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string all(std::istreambuf_iterator<char>(file), {});
    if (all.size() < 10 || all.find("'<f4'") == std::string::npos) {
        return {};
    }
    const size_t header = 10 + uint8_t(all[8]) + 256 * size_t(uint8_t(all[9]));
    std::vector<float> values((all.size() - header) / sizeof(float));
    std::memcpy(values.data(), all.data() + header, values.size() * sizeof(float));
    return values;
}

// ||a - b|| / ||b|| over all values; infinite when their numbers differ or a value is not finite.
inline double relativeError(std::span<const float> a, std::span<const float> b)
{
    if (a.size() != b.size() || b.empty()) {
        return INFINITY;
    }
    double difference = 0.0;
    double norm = 0.0;
    for (size_t i = 0; i < a.size(); ++i) {
        difference += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
        norm += double(b[i]) * b[i];
    }
    const double error = std::sqrt(difference / norm);
    return std::isfinite(error) ? error : INFINITY;
}

} // namespace atelier::test
