// SPDX-License-Identifier: MIT
// Transformers as named tensors.
#include "io/transformer_tensors.h"

#include "core/text.h"

bh_tensor bhi_transformer_tensor_of(const bhi_transformer_tensor *t, bh_real *params,
                                    const char *prefix)
{
    bh_dtype dtype = sizeof(bh_real) == 8 ? BH_F64 : BH_F32;
    char name[BH_TENSOR_NAME_MAX];
    bh_text text = bh_text_over(name, sizeof name);
    bh_text_add(&text, "%s.%s", prefix, t->name);
    bh_real *data = params + t->at;
    if (t->columns == 0) return bh_tensor_vector(name, dtype, t->rows, data);
    if (t->transposed) return bh_tensor_linear(name, dtype, t->columns, t->rows, data);
    return bh_tensor_matrix(name, dtype, t->rows, t->columns, data);
}

int bhi_transformer_tensors(const bhi_transformer *net, bh_real *params, const char *prefix,
                            bh_tensor *out)
{
    int n = bhi_transformer_n_tensors(net);
    for (int i = 0; i < n; i++) {
        bhi_transformer_tensor t;
        bhi_transformer_tensor_at(net, i, &t);
        out[i] = bhi_transformer_tensor_of(&t, params, prefix);
    }
    return n;
}
