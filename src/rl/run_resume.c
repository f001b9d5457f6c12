// SPDX-License-Identifier: MIT
// Full checkpoints of runs.
#include "core/alloc.h"
#include "rl/run_state.h"

static void visit(void *run, bhi_state_visitor *visitor)
{
    bhi_run_state(run, visitor);
}

static bhi_stateful state_of(bh_run *run)
{
    return (bhi_stateful){visit, run, "run"};
}

static bh_status write_full(bh_run *run, void *out, size_t size, size_t *n_bytes, bh_error *err)
{
    bhi_stateful state = state_of(run);
    int n_entries = bhi_state_tensors(&state, NULL);
    size_t bytes = sizeof(bh_tensor) * (size_t)(BH_TENSORS_MAX + n_entries);
    bh_tensor *tensors = bh_alloc(bytes);
    if (tensors == NULL)
        return bh_fail(err, BH_ERR_MEMORY, "%s: out of memory", run->setup->env->id);
    int n = bhi_run_saved_tensors(run, BH_CURRENT, tensors);
    bhi_state_tensors(&state, tensors + n);
    *n_bytes = bhi_run_write(run, tensors, n + n_entries, n_entries, out, size);
    bh_free(tensors, bytes);
    if (*n_bytes > 0) return BH_OK;
    return bh_fail(err, BH_ERR_CONFIG, "%s: the options are too long for a checkpoint",
                   run->setup->env->id);
}

bh_status bh_run_save_full(bh_run *run, void *out, size_t size, size_t *n_bytes, bh_error *err)
{
    *n_bytes = 0;
    if (run->has_changes) bhi_run_settle(run); // what is under way has other options than the file
    const bhi_evaluation *e = &run->evaluation;
    bh_rng eval_rng = run->eval_rng;
    int owed = run->owed;
    if (e->is_open && e->is_own) { // it is played again from its beginning
        run->eval_rng = e->before;
        if (owed == BHI_OWED_NONE) run->owed = BHI_OWED_STEP;
    }
    bh_status status = bhi_vec_env_collect(run->train.envs, err);
    if (status == BH_OK) status = write_full(run, out, size, n_bytes, err);
    bhi_vec_env_forget(run->train.envs);
    run->eval_rng = eval_rng;
    run->owed = owed;
    return status;
}

bh_status bh_run_resume(bh_run **out, const bh_setup *setup, const void *bytes, size_t size,
                        bh_error *err)
{
    *out = NULL;
    bh_run *run;
    bh_status status = bh_checkpoint_check(bytes, size, err);
    if (status == BH_OK) status = bhi_checkpoint_is_of(setup, bytes, size, err);
    if (status == BH_OK) status = bh_run_create(&run, setup, err);
    if (status != BH_OK) return status;
    int began_anew = 0;
    bhi_stateful state = state_of(run);
    run->agent->piece = bh_checkpoint_has(bytes, size, "state/agent/piece") != 0;
    status = bhi_state_read(&state, bytes, size, err);
    if (status == BH_OK) status = bhi_vec_env_restore(run->train.envs, &began_anew, err);
    if (status == BH_OK && began_anew) bhi_run_truncate(run);
    if (status == BH_OK) *out = run;
    else bh_run_destroy(run);
    return status;
}
