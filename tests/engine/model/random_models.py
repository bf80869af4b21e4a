# SPDX-License-Identifier: MIT
"""Random models in every form in which files store an architecture, and their logits in float64.

usage: random_models.py TOOLS SEED OUT_DIR

TOOLS holds make_tiny_models.py and reference.py. Writes OUT_DIR/manifest.json: for each model its
file, its token ids and the file of its logits, float32 [tokens, vocab].
"""
import json
import os
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
import gguf_write  # noqa: E402
import make_tiny_models  # noqa: E402
import reference  # noqa: E402

TOKENS = 70


def transformed(meta, tensors, arch, head_dim, form):
    """The same network stored in another form."""
    meta = meta + [(arch + ".attention.key_length", gguf_write.U32, head_dim),
                   (arch + ".attention.value_length", gguf_write.U32, head_dim)]
    by_name = {t[0]: t for t in tensors}
    if form.get("tied"):
        del by_name["output.weight"]
    for name in list(by_name):
        if name.endswith("attn_qkv.weight") and form.get("split"):
            split(by_name, name[:-len("qkv.weight")], form["rows"])
        elif name.endswith("attn_q.weight") and form.get("fused"):
            fuse(by_name, name[:-len("q.weight")])
    if form.get("bias") is False:
        by_name = {n: t for n, t in by_name.items() if not n.endswith(".bias")}
    return meta, list(by_name.values())


def fuse(by_name, prefix):
    for kind in ("weight", "bias"):
        parts = [by_name.pop("%s%s.%s" % (prefix, n, kind), None) for n in "qkv"]
        if parts[0] is not None:
            shape = parts[0][1][:-1] + (sum(p[1][-1] for p in parts),)
            name = "%sqkv.%s" % (prefix, kind)
            by_name[name] = (name, shape, parts[0][2], b"".join(p[3] for p in parts))


def split(by_name, prefix, rows):
    for kind in ("weight", "bias"):
        _, shape, typ, data = by_name.pop("%sqkv.%s" % (prefix, kind))
        row = len(data) // shape[-1]
        at = 0
        for n, count in zip("qkv", rows):
            name = "%s%s.%s" % (prefix, n, kind)
            by_name[name] = (name, shape[:-1] + (count,), typ, data[at * row:(at + count) * row])
            at += count


def oracle(path, tokens):
    model = reference.Gguf(path)
    for name in list(model.t):
        # The oracle expects a bias beside a fused projection.
        if name.endswith("attn_qkv.weight"):
            bias = name[:-len("weight")] + "bias"
            model.t.setdefault(bias, np.zeros(model.t[name].shape[0]))
    return reference.forward(model, tokens).astype(np.float32)


def variants(rng):
    """name, architecture, shape, form, YaRN"""
    def shape(heads, kv, head_dim, hidden=None, ff=None, layers=2):
        return dict(heads=heads, kv=kv, head_dim=head_dim, hidden=hidden or heads * head_dim,
                    ff=ff or 3 * heads * head_dim, layers=layers)

    for arch in ("glm4", "chatglm", "llama", "qwen2"):
        yield arch + " plain", arch, shape(4, 2, 32), {}, None
        yield arch + " without bias", arch, shape(4, 2, 32), dict(bias=False), None
        yield arch + " tied", arch, shape(2, 1, 64), dict(tied=True), None
        other = dict(split=True) if arch == "chatglm" else dict(fused=True)
        yield arch + " fused or split", arch, shape(6, 3, 16), other, None
        yield arch + " the same without bias", arch, shape(6, 3, 16), dict(other, bias=False), None
        yield arch + " odd heads", arch, shape(7, 1, 20), {}, None
        yield arch + " a head for each", arch, shape(3, 3, 48), {}, None
        yield arch + " eight kv heads", arch, shape(24, 8, 16), {}, None
        yield arch + " wide heads, odd width", arch, shape(5, 5, 36, hidden=100, ff=74), {}, None
        yield arch + " one layer", arch, shape(2, 2, 128, layers=1), {}, None
        kv = int(rng.integers(1, 5))
        heads, head_dim = kv * int(rng.integers(1, 6)), 4 * int(rng.integers(2, 25))
        yield (arch + " random shape %d/%d/%d" % (heads, kv, head_dim), arch,
               shape(heads, kv, head_dim, hidden=int(rng.integers(20, 300)),
                     ff=int(rng.integers(20, 400)), layers=int(rng.integers(1, 4))), {}, None)
        for factor in (1.5, 2.0, 2.5, 3.0, 4.0):
            yield arch + " YaRN %g" % factor, arch, shape(4, 2, 32), {}, (factor, 16)


def main():
    seed, out = int(sys.argv[2]), sys.argv[3]
    os.makedirs(out, exist_ok=True)
    rng = np.random.default_rng(seed)
    write, manifest = gguf_write.write, []
    for i, (name, arch, shape, form, yarn) in enumerate(variants(rng)):
        path = os.path.join(out, "%d.gguf" % i)
        form["rows"] = [shape[k] * shape["head_dim"] for k in ("heads", "kv", "kv")]
        make_tiny_models.g.write = lambda p, meta, tensors: write(
            p, *transformed(meta, tensors, arch, shape["head_dim"], form))
        make_tiny_models.build(path, arch, rng, theta=float(rng.choice([1e4, 1e6, 1e8])), yarn=yarn,
                               half=bool(rng.integers(2)), **shape)
        tokens = rng.integers(0, make_tiny_models.VOCAB, TOKENS)
        np.save(os.path.join(out, "%d.npy" % i), oracle(path, tokens))
        manifest.append(dict(name=name, model="%d.gguf" % i, logits="%d.npy" % i,
                             tokens=[int(t) for t in tokens]))
    with open(os.path.join(out, "manifest.json"), "w") as file:
        json.dump(manifest, file)


if __name__ == "__main__":
    main()
