// SPDX-License-Identifier: MIT
// CodeGen-v0: writing a small program, token by token, that is then run.
//
// At reset one of twelve functions of x is drawn and shown as a formula, "2 * x + 1". Each action
// writes one token of a program for a stack machine; END ends it. The program is run on five
// inputs, x = -2, -1, 0, 1, 3, and
//
//     R = share of inputs where the program's result is the formula's value
//
// is the reward of END; every other step is worth 0. What the tokens do, top of the stack on the
// right:
//
//     x 1 2 3      … → … value          dup     … a → … a a
//     + - *        … a b → … a+b, …     swap    … a b → … b a
//
// Which actions are allowed follows from the program so far: none that lacks its operands, none
// after which one value could not be left within 8 tokens, and END only, but always, where exactly
// one value is on the stack. Every allowed action can be continued to an END. Whoever takes another
// action ends the episode with reward 0.
//
// Values are whole numbers within ±1000000; a result beyond becomes the bound. Eight tokens get to
// 6561 at most (3 dup * dup * dup *), so that no program of an episode comes near it.
//
//     optimum                   1, for every function: tests/c/test_codegen.c finds the programs by
//                               brute force
//     uniformly random policy   0.083637 among allowed actions, exactly, by enumerating all
//                               programs
//     reward_threshold          0.7
//
// Observation: T = 21 tokens: the formula, <code>, the program, END. V = 14. The functions are in
// envs/data/codegen_v0.def.
//
// view, describe, info, layout: as envs/token_text.h says; one part, "tests". info also has, once
// the program was run,
//     "runs": [{"x": -2, "want": -3, "got": 5}, …]; "got" is null for
//     what is no program. layout also has "limit": 8.
#pragma once

#include "rl/env.h"

#define BHI_CODEGEN_OPTIMUM     1.0      ///< best mean return of any policy
#define BHI_CODEGEN_RANDOM_MEAN 0.083637 ///< mean return of uniformly random allowed actions

enum {
    BHI_CODEGEN_N_TASKS = 12,
    BHI_CODEGEN_N_INPUTS = 5,
    BHI_CODEGEN_LIMIT = 8, ///< tokens of a program, END not counted
    BHI_CODEGEN_STACK = 8, ///< values the machine can hold; programs of an episode need at most 4
    BHI_CODEGEN_BOUND = 1000000,  ///< values are within ± this
    BHI_CODEGEN_FORMULA_MAX = 11, ///< tokens of a formula
    BHI_CODEGEN_N_TEXT = BHI_CODEGEN_FORMULA_MAX + 1 + BHI_CODEGEN_LIMIT + 1, ///< T
};

/// Actions; a token is one more.
typedef enum bhi_codegen_op {
    BHI_CODEGEN_X,
    BHI_CODEGEN_ONE,
    BHI_CODEGEN_TWO,
    BHI_CODEGEN_THREE,
    BHI_CODEGEN_ADD,
    BHI_CODEGEN_SUB,
    BHI_CODEGEN_MUL,
    BHI_CODEGEN_DUP,
    BHI_CODEGEN_SWAP,
    BHI_CODEGEN_END,
    BHI_CODEGEN_N_OPS,
} bhi_codegen_op;

/// The machine's memory; zeroed, it is empty.
typedef struct bhi_codegen_stack {
    int n;
    int values[BHI_CODEGEN_STACK];
} bhi_codegen_stack;

/// Runs one operation, not END. Returns 0, with the stack unchanged, where operands are missing or
/// there is no room.
int bhi_codegen_do(bhi_codegen_stack *stack, int op, int x);

/// Runs n operations on input x. Returns 1 and the result when each can run and one value is left,
/// else 0.
int bhi_codegen_run(int *result, const unsigned char *ops, int n, int x);

/// Input i of BHI_CODEGEN_N_INPUTS.
int bhi_codegen_input(int i);
/// The value of a task's formula, and its text, borrowed for ever.
int bhi_codegen_want(int task, int x);
const char *bhi_codegen_formula(int task);
/// A right program of the task, which = 0 or 1: ops (BHI_CODEGEN_LIMIT) out. Returns how many.
int bhi_codegen_program(unsigned char *ops, int task, int which);
