// SPDX-License-Identifier: MIT
// The network's mathematics against PyTorch: forward, TD targets, losses, gradients, clipping,
// Adam, soft updates, on a network 4-64-64-2 and a batch of 64. In the gradcheck build to 1e-13; in
// float to the tolerances stated with each check.
#include "kernels/elementwise.h"
#include "nn/losses.h"
#include "optim/optimizer.h"
#include "rl/value.h"

#include "check.h"
#include "network_reference.h"

static bhi_net net;
static reference_batch batch;
static bh_real online[REF_P], target[REF_P], grads[REF_P];
static bh_real acts[REF_B * 130], acts_t[REF_B * 130], dacts[REF_B * 130];

static void check_values(const bh_real *q, int at)
{
    for (int i = 0; i < REF_B * REF_A; i++)
        CHECK_NEAR((double)q[i], reference_f64(at, i), reference_tolerance(2e-6));
}

static void test_shape(void)
{
    CHECK(net.n_params == REF_P && net.n_units == 130 && net.n_layers == 3);
    CHECK(net.layers[0].w_at == 0 && net.layers[0].b_at == 256 && net.layers[1].w_at == 320 &&
          net.layers[2].b_at == REF_P - 2);
}

static void test_forward(void)
{
    check_values(bhi_net_forward(&net, online, acts, batch.x_tm1, REF_B), GOLDEN_Q_ONLINE_STATES);
    check_values(bhi_net_forward(&net, online, acts, batch.x_t, REF_B), GOLDEN_Q_ONLINE_NEXT);
    check_values(bhi_net_forward(&net, target, acts, batch.x_t, REF_B), GOLDEN_Q_TARGET_NEXT);
}

// A row alone gives the bits it gives in a batch.
static void test_forward_row_by_row(void)
{
    const bh_real *q = bhi_net_forward(&net, online, acts, batch.x_tm1, REF_B);
    for (int b = 0; b < REF_B; b++) {
        const bh_real *one = bhi_net_forward(&net, online, acts_t, batch.x_tm1 + b * REF_S, 1);
        CHECK(memcmp(one, q + b * REF_A, REF_A * sizeof *q) == 0);
    }
}

// The TD errors of the batch; q_tm1 stays in acts.
static void td_errors(bh_real *td, int double_q)
{
    static bh_real q_t[REF_B * REF_A], qt_t[REF_B * REF_A];
    memcpy(q_t, bhi_net_forward(&net, online, acts, batch.x_t, REF_B), sizeof q_t);
    memcpy(qt_t, bhi_net_forward(&net, target, acts, batch.x_t, REF_B), sizeof qt_t);
    const bh_real *q_tm1 = bhi_net_forward(&net, online, acts, batch.x_tm1, REF_B);
    if (double_q) {
        bh_value_double_q(td, q_tm1, batch.a_tm1, batch.r_t, batch.discount_t, q_t, qt_t, REF_B,
                          REF_A);
    } else {
        bh_value_q_learning(td, q_tm1, batch.a_tm1, batch.r_t, batch.discount_t, qt_t, REF_B,
                            REF_A);
    }
}

static void check_targets(int double_q, int at)
{
    bh_real td[REF_B];
    td_errors(td, double_q);
    const bh_real *q_tm1 = bhi_net_layer(&net, acts, 2, REF_B);
    for (int b = 0; b < REF_B; b++) {
        double got = (double)td[b] + (double)q_tm1[b * REF_A + batch.a_tm1[b]];
        CHECK_NEAR(got, reference_f64(at, b), reference_tolerance(2e-6));
    }
}

static void test_targets(void)
{
    check_targets(0, GOLDEN_TARGET_DQN);
    check_targets(1, GOLDEN_TARGET_DOUBLE);
}

// Loss and gradient of the batch under `online`; returns the mean loss.
static double backward(int double_q, bhi_loss loss)
{
    bh_real td[REF_B], dq[REF_B], *dy = bhi_net_layer(&net, dacts, 2, REF_B);
    td_errors(td, double_q);
    double mean = bhi_loss_gradient(loss, dq, td, NULL, REF_B);
    memset(dy, 0, REF_B * REF_A * sizeof *dy);
    for (int b = 0; b < REF_B; b++) dy[b * REF_A + batch.a_tm1[b]] = dq[b];
    bhi_net_backward(&net, online, grads, acts, dacts, batch.x_tm1, REF_B);
    return mean;
}

static double gradient_norm(void)
{
    return sqrt(bhi_sum_of_squares(grads, REF_P));
}

static void check_gradient(int double_q, bhi_loss loss, double want_loss, double want_norm, int at,
                           int stride)
{
    CHECK_NEAR(backward(double_q, loss), want_loss, reference_tolerance(2e-6));
    CHECK_NEAR(reference_distance(grads, at, stride), 0, reference_tolerance(1e-6));
    CHECK_NEAR(gradient_norm(), want_norm, reference_tolerance(1e-6));
}

static void test_gradients(void)
{
    check_gradient(0, BHI_MSE, GOLDEN_LOSS_DQN_MSE, GOLDEN_NORM_DQN_MSE, GOLDEN_GRAD_DQN_MSE, 1);
    check_gradient(0, BHI_HUBER, GOLDEN_LOSS_DQN_HUBER, GOLDEN_NORM_DQN_HUBER,
                   GOLDEN_GRAD_DQN_HUBER_5, 5);
    check_gradient(1, BHI_MSE, GOLDEN_LOSS_DOUBLE_MSE, GOLDEN_NORM_DOUBLE_MSE,
                   GOLDEN_GRAD_DOUBLE_MSE_5, 5);
    check_gradient(1, BHI_HUBER, GOLDEN_LOSS_DOUBLE_HUBER, GOLDEN_NORM_DOUBLE_HUBER,
                   GOLDEN_GRAD_DOUBLE_HUBER, 1);
}

// The reference clips the gradient of the sum over the batch: 64 times that of the mean.
static void test_clipping(void)
{
    backward(0, BHI_MSE);
    double norm = REF_B * gradient_norm(), scale = bhi_clip_scale(norm, 10);
    CHECK_NEAR(norm, GOLDEN_NORM_DQN_MSE_SUM, reference_tolerance(2e-5));
    CHECK_NEAR(scale, GOLDEN_CLIP_COEFFICIENT, reference_tolerance(1e-6));
    CHECK_NEAR(scale * norm, GOLDEN_CLIP_NORM_AFTER, reference_tolerance(1e-12));
    for (int i = 0; i < REF_P; i++) grads[i] *= (bh_real)(REF_B * scale);
    CHECK_NEAR(reference_distance(grads, GOLDEN_GRAD_DQN_MSE_SUM_CLIPPED_5, 5), 0,
               reference_tolerance(4e-6));
}

// Ten Adam steps from the reference's start, the targets fixed by the target network.
static void check_adam(bhi_loss loss, double batch_factor, double max_norm, const double *losses,
                       int at_1, int at_10, int stride)
{
    bh_real m[REF_P] = {0}, v[REF_P] = {0};
    bhi_optimizer adam = {.settings = bhi_optimizer_defaults(BHI_ADAM), .n = REF_P, .m = m, .v = v};
    bhi_optimizer_init(&adam);
    reference_params(online, GOLDEN_ONLINE);
    for (int t = 1; t <= 10; t++) {
        double mean = backward(0, loss) * batch_factor;
        if (t <= 2) CHECK_NEAR(mean, losses[t - 1], reference_tolerance(3e-6) * batch_factor);
        if (t == 10) CHECK_NEAR(mean, losses[2], reference_tolerance(3e-6) * batch_factor);
        double norm = batch_factor * gradient_norm();
        bhi_optimizer_step(&adam, online, grads, REF_RATE,
                           batch_factor * bhi_clip_scale(norm, max_norm));
        if (t == 1)
            CHECK_NEAR(reference_distance(online, at_1, stride), 0, reference_tolerance(2e-6));
        if (t == 10)
            CHECK_NEAR(reference_distance(online, at_10, stride), 0, reference_tolerance(2e-6));
    }
    reference_params(online, GOLDEN_ONLINE);
}

static void test_adam(void)
{
    check_adam(BHI_MSE, 1, 0, golden_adam_mse_losses, GOLDEN_ADAM_MSE_1, GOLDEN_ADAM_MSE_10, 1);
    check_adam(BHI_HUBER, 1, 0, golden_adam_huber_losses, GOLDEN_ADAM_HUBER_1_5,
               GOLDEN_ADAM_HUBER_10_5, 5);
    check_adam(BHI_MSE, REF_B, 10, golden_adam_clip_losses, GOLDEN_ADAM_CLIP_1_5,
               GOLDEN_ADAM_CLIP_10_5, 5);
}

static void test_soft_update(void)
{
    bhi_polyak(target, online, (bh_real)0.005, REF_P);
    CHECK_NEAR(reference_distance(target, GOLDEN_SOFT_UPDATE_5, 5), 0, reference_tolerance(1e-7));
    reference_params(target, GOLDEN_TARGET);
}

int main(int argc, char **argv)
{
    reference_load();
    net = reference_net();
    reference_read_batch(&batch);
    reference_params(online, GOLDEN_ONLINE);
    reference_params(target, GOLDEN_TARGET);
    CHECK_RUN(test_shape);
    CHECK_RUN(test_forward);
    CHECK_RUN(test_forward_row_by_row);
    CHECK_RUN(test_targets);
    CHECK_RUN(test_gradients);
    CHECK_RUN(test_clipping);
    CHECK_RUN(test_adam);
    CHECK_RUN(test_soft_update);
    return check_report();
}
