// SPDX-License-Identifier: MIT
// Where things are in mlp_dqn.bin (little-endian), and the scalars that go with them: PyTorch 1.13 in
// double on an MLP 4-64-64-2 (ReLU) and a fixed batch of 64 transitions, gamma 0.99. Generated; decimals
// read back as the same doubles. P = 4610 parameters in PyTorch's order: weight (outputs, inputs), then
// bias, layer by layer.
#pragma once

// clang-format off

enum {
    GOLDEN_MLP_BYTES = 249936,
    GOLDEN_MLP_PARAMS = 4610,
    GOLDEN_MLP_BATCH = 64,

    // byte offset of each array
    GOLDEN_Q_ONLINE_STATES = 0,                // double (64,2) online network, states
    GOLDEN_Q_ONLINE_NEXT = 1024,               // double (64,2) online network, next states
    GOLDEN_Q_TARGET_NEXT = 2048,               // double (64,2) target network, next states
    GOLDEN_TARGET_DQN = 3072,                  // double (64) r + gamma max target
    GOLDEN_TARGET_DOUBLE = 3584,               // double (64) r + gamma target at the online maximum
    GOLDEN_GRAD_DQN_MSE = 4096,                // double (P) gradient of the mean squared TD error
    GOLDEN_GRAD_DOUBLE_HUBER = 40976,          // double (P) of the mean Huber loss, double DQN
    GOLDEN_GRAD_DQN_HUBER_5 = 77856,           // double (P/5) every fifth
    GOLDEN_GRAD_DOUBLE_MSE_5 = 85232,          // double (P/5) every fifth
    GOLDEN_GRAD_DQN_MSE_SUM_CLIPPED_5 = 92608, // double (P/5) of the sum, clipped to norm 10; every fifth
    GOLDEN_SOFT_UPDATE_5 = 99984,              // double (P/5) target after one update with tau 0.005; every fifth
    GOLDEN_ADAM_MSE_1 = 107360,                // double (P) online after 1 Adam step, rate 0.001, on GRAD_DQN_MSE
    GOLDEN_ADAM_MSE_10 = 144240,               // double (P) after 10 steps
    GOLDEN_ADAM_HUBER_1_5 = 181120,            // double (P/5) Huber loss; every fifth
    GOLDEN_ADAM_HUBER_10_5 = 188496,           // double (P/5)
    GOLDEN_ADAM_CLIP_1_5 = 195872,             // double (P/5) sum of squares, clipped to norm 10; every fifth
    GOLDEN_ADAM_CLIP_10_5 = 203248,            // double (P/5)
    GOLDEN_ONLINE = 210624,                    // float (P) parameters of the online network
    GOLDEN_TARGET = 229064,                    // float (P) parameters of the target network
    GOLDEN_STATES = 247504,                    // float (64,4)
    GOLDEN_NEXT_STATES = 248528,               // float (64,4)
    GOLDEN_REWARDS = 249552,                   // float (64)
    GOLDEN_ACTIONS = 249808,                   // unsigned char (64)
    GOLDEN_DONES = 249872,                     // unsigned char (64) 1 where terminated
};

#define GOLDEN_LOSS_DQN_MSE                    1.3145714523800953
#define GOLDEN_NORM_DQN_MSE                    0.3148378190473166
#define GOLDEN_LOSS_DQN_HUBER                  0.5721662551921249
#define GOLDEN_NORM_DQN_HUBER                  0.11393409288467622
#define GOLDEN_LOSS_DOUBLE_MSE                 1.329361247243427
#define GOLDEN_NORM_DOUBLE_MSE                 0.3506318472092438
#define GOLDEN_LOSS_DOUBLE_HUBER               0.5770995824275946
#define GOLDEN_NORM_DOUBLE_HUBER               0.12084762421491214
#define GOLDEN_NORM_DQN_MSE_SUM                20.149620419028263
#define GOLDEN_CLIP_COEFFICIENT                0.4962872399456853
#define GOLDEN_CLIP_NORM_AFTER                 9.99999950371276

// Losses before Adam steps 1, 2 and 10.
static const double golden_adam_mse_losses[3] = {1.3145714523800953, 1.3048146498016397, 1.2404590648835958};
static const double golden_adam_huber_losses[3] = {0.5721662551921249, 0.5684986548940654, 0.5434254232151058};
static const double golden_adam_clip_losses[3] = {84.1325729523261, 83.50813356127674, 79.35874798866104};
