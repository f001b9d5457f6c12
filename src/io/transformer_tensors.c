// SPDX-License-Identifier: MIT
// Transformers as named tensors.
#include "io/transformer_tensors.h"

#include "core/text.h"

int bhi_transformer_tensors(const bhi_transformer *net, bh_real *params, const char *prefix,
                            bh_tensor *out)
{
    bh_dtype dtype = sizeof(bh_real) == 8 ? BH_F64 : BH_F32;
    int n = BHI_TRANSFORMER_TENSORS(net->spec.L);
    for (int i = 0; i < n; i++) {
        bhi_transformer_tensor t;
        bhi_transformer_tensor_at(net, i, &t);
        char name[BH_TENSOR_NAME_MAX];
        bh_text text = bh_text_over(name, sizeof name);
        bh_text_add(&text, "%s.%s", prefix, t.name);
        bh_real *data = params + t.at;
        if (t.columns == 0) out[i] = bh_tensor_vector(name, dtype, t.rows, data);
        else if (t.transposed) out[i] = bh_tensor_linear(name, dtype, t.columns, t.rows, data);
        else out[i] = bh_tensor_matrix(name, dtype, t.rows, t.columns, data);
    }
    return n;
}
