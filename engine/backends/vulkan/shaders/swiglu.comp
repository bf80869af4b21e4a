// SPDX-License-Identifier: MIT
// out[t, i] = silu(gateUp[t, i]) * gateUp[t, cols + i]
#version 450
layout(local_size_x = 64) in;

layout(push_constant) uniform Constants
{
    uint cols;
    uint xOffset;
    uint xStride;
    uint outOffset;
    uint outStride;
}
pc;

layout(set = 0, binding = 0) buffer X { float x[]; };
layout(set = 0, binding = 1) buffer Out { float result[]; };

// exp() of GLSL may lose more than a rounding for each unit of its argument. Here 2^n * 2^f is put
// together from a whole n and a polynomial for |f| <= 0.5 (Taylor, error below 2^-27).
float exactExp(float value)
{
    float whole = round(value * 1.44269504088896341);
    // Plain products, which `precise` keeps as they are; the first one is exact. Drivers take calls
    // of fma() apart and add up the constants.
    precise float high = whole * 0.693145751953125;
    precise float low = whole * 1.42860682030941723212e-6;
    precise float rest = (value - high) - low;
    float sum = 1.0 / 40320.0;
    sum = fma(sum, rest, 1.0 / 5040.0);
    sum = fma(sum, rest, 1.0 / 720.0);
    sum = fma(sum, rest, 1.0 / 120.0);
    sum = fma(sum, rest, 1.0 / 24.0);
    sum = fma(sum, rest, 1.0 / 6.0);
    sum = fma(sum, rest, 0.5);
    sum = fma(sum, rest, 1.0);
    sum = fma(sum, rest, 1.0);
    return ldexp(sum, int(whole));
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    uint t = gl_WorkGroupID.y;
    if (i < pc.cols) {
        float gate = x[pc.xOffset + t * pc.xStride + i];
        float up = x[pc.xOffset + t * pc.xStride + pc.cols + i];
        // Beyond 80 the exponential is out of reach of F32, and the gate as good as 0 or itself.
        float sigmoid = gate < -80.0 ? 0.0 : 1.0 / (1.0 + exactExp(-min(gate, 80.0)));
        result[pc.outOffset + t * pc.outStride + i] = gate * sigmoid * up;
    }
}
