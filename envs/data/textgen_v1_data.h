// SPDX-License-Identifier: MIT
// TextGen-v1: topics, words with their sentiment, and grammar. Edit the rows, build, run
// test_textgen_v1: it computes the random policy's mean anew and says where envs/textgen_v1.h
// states another.
#pragma once

// What an episode asks for: the first token of its text. One is drawn at each reset. Topic i has
// bit i.
enum { NO_TOPIC = 0, ANIMALS = 1, KITCHEN = 2, WEATHER = 4, SCHOOL = 8, N_TOPICS = 4 };
static const struct {
    const char *en, *zh;
} topics[N_TOPICS] = {
    {"<animals>", "<动物>"},
    {"<kitchen>", "<厨房>"},
    {"<weather>", "<天气>"},
    {"<school>", "<学校>"},
};

// Kinds of words. Content words carry the meaning: topic and repetition are measured on them.
enum {
    CLASS_END,
    CLASS_DET,
    CLASS_PREP,
    CLASS_BE,
    CLASS_AND,
    CLASS_ADJ,
    CLASS_ADV,
    CLASS_ACTOR,
    CLASS_VERB,
    CLASS_THING,
    N_CLASSES
};
static const unsigned char is_content[N_CLASSES] = {
    [CLASS_ADJ] = 1, [CLASS_ADV] = 1, [CLASS_ACTOR] = 1, [CLASS_VERB] = 1, [CLASS_THING] = 1};

// The words; a word's place is its action, and one more its token. The first one ends the
// sentence. The last but one column says where a word belongs; a word in no topic fits every one
// and counts for none. The last column: +1 pleasant, -1 not.
static const struct {
    const char *en, *zh;
    unsigned char class_id, topics;
    signed char sentiment;
} words[] = {
    {"END", "结束", CLASS_END, NO_TOPIC, 0},
    {"the", "这", CLASS_DET, NO_TOPIC, 0},
    {"a", "一个", CLASS_DET, NO_TOPIC, 0},
    {"near", "靠近", CLASS_PREP, NO_TOPIC, 0},
    {"with", "和", CLASS_PREP, NO_TOPIC, 0},
    {"is", "是", CLASS_BE, NO_TOPIC, 0},
    {"and", "并且", CLASS_AND, NO_TOPIC, 0},

    {"small", "小的", CLASS_ADJ, NO_TOPIC, 0},
    {"big", "大的", CLASS_ADJ, NO_TOPIC, 0},
    {"happy", "快乐的", CLASS_ADJ, NO_TOPIC, 1},
    {"lovely", "可爱的", CLASS_ADJ, NO_TOPIC, 1},
    {"gentle", "温柔的", CLASS_ADJ, NO_TOPIC, 1},
    {"brave", "勇敢的", CLASS_ADJ, NO_TOPIC, 1},
    {"sad", "悲伤的", CLASS_ADJ, NO_TOPIC, -1},
    {"nasty", "讨厌的", CLASS_ADJ, NO_TOPIC, -1},
    {"lazy", "懒惰的", CLASS_ADJ, NO_TOPIC, -1},
    {"cruel", "残忍的", CLASS_ADJ, NO_TOPIC, -1},
    {"gladly", "高兴地", CLASS_ADV, NO_TOPIC, 1},
    {"kindly", "友善地", CLASS_ADV, NO_TOPIC, 1},
    {"sadly", "伤心地", CLASS_ADV, NO_TOPIC, -1},
    {"rudely", "粗鲁地", CLASS_ADV, NO_TOPIC, -1},
    {"sees", "看见", CLASS_VERB, NO_TOPIC, 0},
    {"likes", "喜欢", CLASS_VERB, NO_TOPIC, 1},
    {"hates", "讨厌", CLASS_VERB, NO_TOPIC, -1},

    {"hungry", "饥饿的", CLASS_ADJ, ANIMALS, 0},
    {"furry", "毛茸茸的", CLASS_ADJ, ANIMALS, 0},
    {"playful", "爱玩的", CLASS_ADJ, ANIMALS, 1},
    {"fierce", "凶猛的", CLASS_ADJ, ANIMALS, -1},
    {"dog", "狗", CLASS_ACTOR, ANIMALS, 0},
    {"cat", "猫", CLASS_ACTOR, ANIMALS, 0},
    {"chases", "追赶", CLASS_VERB, ANIMALS, 0},
    {"catches", "捉住", CLASS_VERB, ANIMALS, 0},
    {"mouse", "老鼠", CLASS_THING, ANIMALS, 0},
    {"bird", "鸟", CLASS_THING, ANIMALS, 0},
    {"fish", "鱼", CLASS_THING, ANIMALS | KITCHEN, 0},

    {"fresh", "新鲜的", CLASS_ADJ, KITCHEN, 0},
    {"hot", "热的", CLASS_ADJ, KITCHEN | WEATHER, 0},
    {"tasty", "美味的", CLASS_ADJ, KITCHEN, 1},
    {"burnt", "烧焦的", CLASS_ADJ, KITCHEN, -1},
    {"cook", "厨师", CLASS_ACTOR, KITCHEN, 0},
    {"baker", "面包师", CLASS_ACTOR, KITCHEN, 0},
    {"serves", "端上", CLASS_VERB, KITCHEN, 0},
    {"tastes", "品尝", CLASS_VERB, KITCHEN, 0},
    {"soup", "汤", CLASS_THING, KITCHEN, 0},
    {"pie", "馅饼", CLASS_THING, KITCHEN, 0},

    {"cold", "寒冷的", CLASS_ADJ, WEATHER, 0},
    {"grey", "灰色的", CLASS_ADJ, WEATHER, 0},
    {"bright", "明亮的", CLASS_ADJ, WEATHER, 1},
    {"gloomy", "阴沉的", CLASS_ADJ, WEATHER, -1},
    {"wind", "风", CLASS_ACTOR, WEATHER, 0},
    {"storm", "暴风雨", CLASS_ACTOR, WEATHER, 0},
    {"pushes", "推动", CLASS_VERB, WEATHER, 0},
    {"brings", "带来", CLASS_VERB, WEATHER, 0},
    {"cloud", "云", CLASS_THING, WEATHER, 0},
    {"rainbow", "彩虹", CLASS_THING, WEATHER, 0},

    {"young", "年轻的", CLASS_ADJ, SCHOOL, 0},
    {"clever", "聪明的", CLASS_ADJ, SCHOOL, 1},
    {"boring", "无聊的", CLASS_ADJ, SCHOOL, -1},
    {"teacher", "老师", CLASS_ACTOR, SCHOOL, 0},
    {"student", "学生", CLASS_ACTOR, SCHOOL, 0},
    {"reads", "朗读", CLASS_VERB, SCHOOL, 0},
    {"explains", "讲解", CLASS_VERB, SCHOOL, 0},
    {"book", "书", CLASS_THING, SCHOOL, 0},
    {"lesson", "课文", CLASS_THING, SCHOOL, 0},
};

// The grammar, a finite automaton over classes. The first state is the start. In words, with N a
// DET ADJ? before a noun:
//     N(ACTOR) ADV? VERB N(THING)   or   N(ACTOR) BE ADJ (AND ADJ)?,   then perhaps PREP N(ACTOR | THING)
enum {
    STATE_START,
    STATE_SUBJECT,
    STATE_SUBJECT_ADJ,
    STATE_ACTS,
    STATE_ACTS_ADV,
    STATE_VERB_DONE,
    STATE_OBJECT,
    STATE_OBJECT_ADJ,
    STATE_IS,
    STATE_IS_ADJ,
    STATE_IS_AND,
    STATE_SENTENCE,
    STATE_PLACE,
    STATE_PLACE_DET,
    STATE_PLACE_ADJ,
    STATE_PLACED,
    N_STATES
};
static const unsigned char is_sentence[N_STATES] = {
    [STATE_IS_ADJ] = 1, [STATE_SENTENCE] = 1, [STATE_PLACED] = 1};

static const struct {
    unsigned char from, class_id, to;
} rules[] = {
    {STATE_START, CLASS_DET, STATE_SUBJECT},
    {STATE_SUBJECT, CLASS_ADJ, STATE_SUBJECT_ADJ},
    {STATE_SUBJECT, CLASS_ACTOR, STATE_ACTS},
    {STATE_SUBJECT_ADJ, CLASS_ACTOR, STATE_ACTS},
    {STATE_ACTS, CLASS_ADV, STATE_ACTS_ADV},
    {STATE_ACTS, CLASS_VERB, STATE_VERB_DONE},
    {STATE_ACTS, CLASS_BE, STATE_IS},
    {STATE_ACTS_ADV, CLASS_VERB, STATE_VERB_DONE},
    {STATE_VERB_DONE, CLASS_DET, STATE_OBJECT},
    {STATE_OBJECT, CLASS_ADJ, STATE_OBJECT_ADJ},
    {STATE_OBJECT, CLASS_THING, STATE_SENTENCE},
    {STATE_OBJECT_ADJ, CLASS_THING, STATE_SENTENCE},
    {STATE_IS, CLASS_ADJ, STATE_IS_ADJ},
    {STATE_IS_ADJ, CLASS_AND, STATE_IS_AND},
    {STATE_IS_ADJ, CLASS_PREP, STATE_PLACE},
    {STATE_IS_AND, CLASS_ADJ, STATE_SENTENCE},
    {STATE_SENTENCE, CLASS_PREP, STATE_PLACE},
    {STATE_PLACE, CLASS_DET, STATE_PLACE_DET},
    {STATE_PLACE_DET, CLASS_ADJ, STATE_PLACE_ADJ},
    {STATE_PLACE_DET, CLASS_ACTOR, STATE_PLACED},
    {STATE_PLACE_DET, CLASS_THING, STATE_PLACED},
    {STATE_PLACE_ADJ, CLASS_ACTOR, STATE_PLACED},
    {STATE_PLACE_ADJ, CLASS_THING, STATE_PLACED},
};
