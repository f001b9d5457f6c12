// SPDX-License-Identifier: MIT
// Gaussian policies and the noise of deterministic ones, by PyTorch 1.13 in float64 (autograd), confirmed with 50 digits:
// the squashed Gaussian of SAC, the diagonal one of PPO by the expressions of Stable-Baselines3, Ornstein-Uhlenbeck
// noise, target policy smoothing, and the targets of TD3 and SAC. Generated; inputs are multiples of powers of two, exact
// in float too, and decimals read back as the same doubles.
#pragma once

// clang-format off

// B 4, D 2. u = mean + exp(log_std) eps, action tanh(u), log_prob with log(1 - tanh(u)^2) exact. dmean, dlog_std: of the
// sum of log_prob, pathwise.
static const double golden_squashed_mean[] = {
    1.72137451171875, 0.2451171875, 0.03277587890625, -0.89154052734375, -1.12860107421875,
    1.11639404296875, 7.0, -15.0,
};
static const double golden_squashed_log_std[] = {
    0.163726806640625, -0.08892822265625, 9.1552734375e-05, 0.498504638671875,
    -1.268646240234375, 0.14678955078125, -1.190521240234375, -0.81597900390625,
};
static const double golden_squashed_eps[] = {
    0.450927734375, 1.38720703125, -0.26025390625, 0.824951171875, 0.213623046875,
    0.06689453125, 0.5, -0.25,
};
static const double golden_squashed_action[] = {
    0.9781353291713225, 0.9076971406589092, -0.22365650058464143, 0.43540082230564503,
    -0.7889058845081889, 0.8317738003230496, 0.9999987729727281, -0.99999999999985,
};
static const double golden_squashed_log_prob[] = {
    1.9009965959874826, -2.449099738021429, 1.4099327768745655, 41.764951512435545,
};
static const double golden_squashed_dmean[] = {
    1.956270658342645, 1.8153942813178183, -0.44731300116928274, 0.8708016446112901,
    -1.5778117690163778, 1.663547600646099, 1.9999975459454562, -1.9999999999996998,
};
static const double golden_squashed_dlog_std[] = {
    0.039062179183379175, 1.3040463320983107, -0.8835743855338469, 0.18262021466185607,
    -1.0947844806056142, -0.8711229047438261, -0.6959376400695774, -0.7788969031074678,
};

// B 3, D 2, log_std the same in every row. dmean, dlog_std: of the sum of weight log_prob; entropy of one row.
static const double golden_diagonal_mean[] = {
    0.04931640625, 1.59051513671875, 0.32916259765625, -1.74505615234375, -1.802734375,
    1.44073486328125,
};
static const double golden_diagonal_log_std[] = {
    -0.800750732421875, 0.384307861328125,
};
static const double golden_diagonal_action[] = {
    -0.60272216796875, 0.25341796875, -0.36669921875, -0.31121826171875, 1.90008544921875,
    0.94549560546875,
};
static const double golden_diagonal_weight[] = {
    -0.6385498046875, 0.090362548828125, 0.67431640625,
};
static const double golden_diagonal_log_prob[] = {
    -2.8903851981424866, -3.099035377432747, -35.4845167794798,
};
static const double golden_diagonal_dmean[] = {
    2.065338850166601, 0.39586962371936235, -0.3119138991691099, 0.0600735031424257,
    12.38567144861204, -0.15483645634033483,
};
static const double golden_diagonal_dlog_std[] = {
    44.606148999087154, -0.49262854640214426,
};
static const double golden_diagonal_entropy = 2.4214341953155953;

// From 0, theta 0.15, dt 0.01, mean 0, sigma 0.2.
static const double golden_ou_eps[] = {
    -1.224853515625, -0.257568359375, 0.455078125, -0.870361328125, -1.76953125, -1.01611328125,
    -0.168212890625, -1.207275390625, -0.668212890625, 0.188720703125, -0.506591796875,
    0.286865234375,
};
static const double golden_ou_path[] = {
    -0.024497070312500004, -0.029611691894531257, -0.02046571185668946, -0.03784223985140443,
    -0.07317610149162734, -0.0933886029643899, -0.09661277787244332, -0.12061336651813466,
    -0.13379670428085746, -0.12982159516193617, -0.13975869870669327, -0.13381175597113323,
};

// Smoothing with sigma 0.2, clipped at 0.5; targets of two critics with gamma 0.99, entropy with alpha 0.2.
static const double golden_smooth_action[] = {
    -0.11773681640625, 0.875, 0.818084716796875, 0.043365478515625, 0.64447021484375,
    0.276031494140625,
};
static const double golden_smooth_eps[] = {
    0.016357421875, 3.25, -1.315185546875, -0.953125, -4.0, 0.52783203125,
};
static const double golden_smoothed[] = {
    -0.11446533203125, 1.0, 0.555047607421875, -0.14725952148437502, 0.14447021484375,
    0.381597900390625,
};
static const double golden_critic_q1[] = {
    0.5615234375, -0.9407958984375, 3.54638671875, 1.2784423828125, 0.841552734375,
    2.0889892578125,
};
static const double golden_critic_q2[] = {
    -0.9022216796875, 0.526611328125, 0.353759765625, -1.3463134765625, -2.1229248046875,
    1.9720458984375,
};
static const double golden_critic_r[] = {
    -0.0469970703125, 0.13946533203125, 0.36785888671875, -1.94915771484375, 0.8343505859375,
    -0.1365966796875,
};
static const unsigned char golden_critic_terminated[] = {
    0, 0, 1, 0, 0, 0,
};
static const double golden_critic_log_prob[] = {
    -1.21417236328125, 0.0018310546875, 1.4976806640625, 1.2501220703125, -1.17041015625,
    -0.7615966796875,
};
static const double golden_critic_td3[] = {
    -0.940196533203125, -0.791922607421875, 0.36785888671875, -3.282008056640625,
    -1.267344970703125, 1.815728759765625,
};
static const double golden_critic_sac[] = {
    -0.6997904052734375, -0.79228515625, 0.36785888671875, -3.5295322265625, -1.035603759765625,
    1.96652490234375,
};

// clang-format on
