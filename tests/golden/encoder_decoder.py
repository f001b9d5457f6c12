# SPDX-License-Identifier: MIT
# Golden numbers of a transformer of encoder and decoder: features of a target after a source. NumPy, float64, after the
# equations and the state dict of PyTorch's nn.Transformer(norm_first=True, activation=gelu): weights are (out, in), in_proj
# has queries, keys and values below each other, and the names say what is what.
#     python3 tests/golden/encoder_decoder.py > tests/golden/encoder_decoder.h
import numpy as np

V, T, C, H, L, SEPARATOR = 11, 12, 8, 2, 2, 7
TOKENS = [3, 0, 10, 5, 1, SEPARATOR, 4, 2, 2, 9]


def block(prefix, is_decoder):
    yield from [(prefix + "norm1.weight", (C,)), (prefix + "norm1.bias", (C,))]
    yield from attention_names(prefix + "self_attn.")
    mlp_norm = "norm3" if is_decoder else "norm2"
    yield from [(prefix + mlp_norm + ".weight", (C,)), (prefix + mlp_norm + ".bias", (C,))]
    yield from [(prefix + "linear1.weight", (4 * C, C)), (prefix + "linear1.bias", (4 * C,))]
    yield from [(prefix + "linear2.weight", (C, 4 * C)), (prefix + "linear2.bias", (C,))]
    if is_decoder:
        yield from [(prefix + "norm2.weight", (C,)), (prefix + "norm2.bias", (C,))]
        yield from attention_names(prefix + "multihead_attn.")


def attention_names(prefix):
    yield from [(prefix + "in_proj_weight", (3 * C, C)), (prefix + "in_proj_bias", (3 * C,))]
    yield from [(prefix + "out_proj.weight", (C, C)), (prefix + "out_proj.bias", (C,))]


def shapes():
    yield from [("wte.weight", (V, C)), ("wpe.weight", (T, C))]
    for l in range(L):
        yield from block(f"encoder.layers.{l}.", False)
    yield from [("encoder.norm.weight", (C,)), ("encoder.norm.bias", (C,))]
    for l in range(L):
        yield from block(f"decoder.layers.{l}.", True)
    yield from [("decoder.norm.weight", (C,)), ("decoder.norm.bias", (C,))]


# Element j, in the order of the file, of tensor i: 0.6 sin(0.7 j + 1.3 i).
W = {name: (0.6 * np.sin(0.7 * np.arange(np.prod(shape)) + 1.3 * i)).reshape(shape)
     for i, (name, shape) in enumerate(shapes())}


def norm(x, name):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-5) * W[name + ".weight"] + W[name + ".bias"]


def linear(x, name):
    return x @ W[name + ".weight"].T + W[name + ".bias"]


def attention(x, memory, name, causal):
    w, b = W[name + ".in_proj_weight"], W[name + ".in_proj_bias"]
    q, k, v = (y @ w[i * C:(i + 1) * C].T + b[i * C:(i + 1) * C] for i, y in enumerate([x, memory, memory]))
    heads = []
    for h in range(H):
        part = slice(h * C // H, (h + 1) * C // H)
        scores = q[:, part] @ k[:, part].T / np.sqrt(C // H)
        if causal:
            scores[np.triu_indices(len(x), 1)] = -np.inf
        e = np.exp(scores - scores.max(-1, keepdims=True))
        heads.append(e / e.sum(-1, keepdims=True) @ v[:, part])
    return linear(np.concatenate(heads, -1), name + ".out_proj")


def mlp(x, name):
    u = linear(x, name + "linear1")
    return linear(0.5 * u * (1 + np.tanh(np.sqrt(2 / np.pi) * (u + 0.044715 * u ** 3))), name + "linear2")


def embed(tokens):
    return W["wte.weight"][tokens] + W["wpe.weight"][:len(tokens)]


def features():
    at = TOKENS.index(SEPARATOR)
    m, x = embed(TOKENS[:at]), embed(TOKENS[at:])
    for l in range(L):
        name = f"encoder.layers.{l}."
        m = m + attention(norm(m, name + "norm1"), norm(m, name + "norm1"), name + "self_attn", False)
        m = m + mlp(norm(m, name + "norm2"), name)
    m = norm(m, "encoder.norm")
    for l in range(L):
        name = f"decoder.layers.{l}."
        x = x + attention(norm(x, name + "norm1"), norm(x, name + "norm1"), name + "self_attn", True)
        x = x + attention(norm(x, name + "norm2"), m, name + "multihead_attn", False)
        x = x + mlp(norm(x, name + "norm3"), name)
    return norm(x, "decoder.norm")


def array(name, values, kind):
    rows = [", ".join(repr(v) for v in values[i:i + 4]) for i in range(0, len(values), 4)]
    return f"static const {kind} {name}[] = {{\n" + "".join(f"    {row},\n" for row in rows) + "};"


print("// SPDX-License-Identifier: MIT\n// Made by encoder_decoder.py (NumPy " + np.__version__ + "), see README.md.\n#pragma once\n")
print("// clang-format off")
print(f"enum {{ GOLDEN_V = {V}, GOLDEN_T = {T}, GOLDEN_C = {C}, GOLDEN_H = {H}, GOLDEN_L = {L} }};")
print(f"enum {{ GOLDEN_SEPARATOR = {SEPARATOR}, GOLDEN_N = {len(TOKENS)}, GOLDEN_N_SOURCE = {TOKENS.index(SEPARATOR)} }};")
print(array("golden_tokens", TOKENS, "int"))
print(array("golden_features", [float(f"{v:.16g}") for v in features().ravel()], "double"))
print("// clang-format on")
