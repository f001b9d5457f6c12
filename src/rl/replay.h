// SPDX-License-Identifier: MIT
// The replay buffer: a ring of transitions, sampled uniformly with replacement (Lin 1992; Mnih et
// al. 2015), gathered as one-step or n-step transitions (Sutton 1988; in DQN: Hessel et al. 2018).
// A transition stands in one piece: a batch takes them from all over a memory larger than the
// caches.
//
// Legend: N capacity, B batch, F numbers of a stored observation, D of an action from a Box. Observations are stored as the
// environment gives them, those of a uint8 Box a byte each; a Discrete one takes one float. What a
// network gets of them (bhi_encode), and what is learned from of rewards, is made when they are gathered.
#pragma once

#include "core/arena.h"
#include "core/real.h"
#include "core/rng.h"
#include "core/state.h"
#include "rl/encoder.h"
#include "rl/sumtree.h"

typedef struct bhi_replay {
    int capacity; ///< N
    int size;     ///< transitions stored, at most N
    int next;     ///< where the next one goes
    /// the first slots, which are never overwritten: demonstrations, of one stream
    int n_protected;
    /// environments that add in turn: a transition's successor stands n_streams further
    int n_streams;
    int n_box; ///< D, set before the layout; 0: actions are Discrete
    /// of observations, borrowed
    const bhi_encoder *encoder;
    size_t stride;          ///< bytes from one transition to the next
    size_t box_at;          ///< bytes from a transition to its action, of a Box
    unsigned char *records; ///< (N, stride), see bhi_replay_at
    int is_prioritized;
    bhi_sumtree
        priorities; ///< of each slot, where prioritized: a new transition gets the largest so far
} bhi_replay;

/// A stored transition.
typedef struct bhi_stored {
    float r_t;
    int a_tm1;                  ///< 0 where actions are a Box
    unsigned char terminated_t; ///< 1 where no return follows
    unsigned char truncated_t;  ///< 1 where the episode was truncated: returns would have followed
    float
        obs[]; ///< (2,F) before and after; after is the final observation where the episode ended.
    ///< Of a uint8 Box: bytes, see bhi_stored_bytes. Behind them, of a Box: the action (D)
} bhi_stored;

/// obs (2,F) of a uint8 Box.
static inline const unsigned char *bhi_stored_bytes(const bhi_stored *stored)
{
    return (const unsigned char *)stored->obs;
}

/// The transition in slot i (0 … size - 1), borrowed until it is overwritten.
const bhi_stored *bhi_replay_at(const bhi_replay *replay, int i);

/// Lays a ring of `capacity` transitions of `n_streams` environments out in the owner's arena. The
/// encoder is borrowed while it is used.
void bhi_replay_layout(bhi_replay *replay, bhi_arena *arena, int capacity, int n_streams,
                       const bhi_encoder *encoder);

/// Stores one transition; when the ring is full, over the oldest one that is not protected. The
/// environments take turns, always in the same order.
void bhi_replay_add(bhi_replay *replay, const float *obs_tm1, int a_tm1, double r_t,
                    int terminated_t, int truncated_t, const float *obs_t);

/// The same where actions are a Box: box_tm1 (D).
void bhi_replay_add_box(bhi_replay *replay, const float *obs_tm1, const float *box_tm1, double r_t,
                        int terminated_t, int truncated_t, const float *obs_t);

/// Marks the last transition of every environment as truncated.
void bhi_replay_truncate(bhi_replay *replay);

/// Protects the transitions stored so far, which are of one stream, in order: the ring begins after
/// them. Call it before other transitions are stored, and with room left.
void bhi_replay_protect(bhi_replay *replay);

/// Draws B indices, uniformly with replacement. The ring must not be empty.
void bhi_replay_sample(const bhi_replay *replay, int *index, int B, bh_rng *rng);

/// Draws B indices: `share` of them, rounded, from the protected transitions, the rest from the
/// others. With share 0, or where one of the two is empty, as bhi_replay_sample.
void bhi_replay_sample_shares(const bhi_replay *replay, int *index, double share, int B,
                              bh_rng *rng);

// ---- prioritized replay (Schaul et al. 2016), proportional variant ----

/// After bhi_replay_layout: lays priorities out too.
void bhi_replay_layout_priorities(bhi_replay *replay, bhi_arena *arena);

/// Gives the transitions at index (B) the priorities (|error| + 1e-6)^alpha. For
/// duplicates, the last error wins.
void bhi_replay_set_priorities(bhi_replay *replay, const int *index, const bh_real *error,
                               double alpha, int B);

/// Writes the transitions that start at index (B) as network inputs. Each spans up to n_steps steps
/// of its environment, k of them: fewer where the episode or the buffer ends before.
/// x_tm1 (B,S) out: where it starts          a_tm1 (B) out, or NULL: the first action
/// r_t (B) out: r_1 + gamma r_2 + … + gamma^(k-1) r_k
/// discount_t (B) out: gamma^k, or 0 where it terminated
/// x_t (B,S) out: where it ends.
void bhi_replay_gather(const bhi_replay *replay, const int *index, int B, double gamma, int n_steps,
                       bh_real *x_tm1, int *a_tm1, bh_real *r_t, bh_real *discount_t, bh_real *x_t);

/// Writes the action masks of the same transitions: legal_tm1 (B,A) out, where they start, legal_t
/// (B,A) out, where they end; either may be NULL. Nothing where all actions are legal.
void bhi_replay_gather_masks(const bhi_replay *replay, const int *index, int B, int n_steps,
                             unsigned char *legal_tm1, unsigned char *legal_t);

/// Writes the first actions of the transitions that start at index (B), where they are a Box:
/// a_tm1 (B,D) out.
void bhi_replay_gather_box(const bhi_replay *replay, const int *index, int B, bh_real *a_tm1);

/// Visits the transitions stored, and their priorities. For the bounds: Discrete actions are below n_actions,
/// at most most_protected transitions are demonstrations.
void bhi_replay_state(bhi_replay *replay, int n_actions, int most_protected,
                      bhi_state_visitor *visitor);
