// SPDX-License-Identifier: MIT
// TextGen-v0: topics, words and grammar. Edit the rows, build, run test_textgen: it computes the
// optimum and the random policy's mean anew and says where envs/textgen.h states other figures.
#pragma once

// What an episode asks for; one is drawn at each reset. Topic i has bit i.
enum { NO_TOPIC = 0, ANIMALS = 1, KITCHEN = 2, WEATHER = 4, SCHOOL = 8, N_TOPICS = 4 };
static const struct {
    const char *en, *zh;
} topics[N_TOPICS] = {
    {"animals", "动物"},
    {"kitchen", "厨房"},
    {"weather", "天气"},
    {"school", "学校"},
};

// Kinds of words. Content words carry the meaning: relevance and repetition are measured on them.
enum {
    CLASS_END,
    CLASS_DET,
    CLASS_PREP,
    CLASS_ADJ,
    CLASS_ACTOR,
    CLASS_VERB,
    CLASS_THING,
    N_CLASSES
};
static const struct {
    const char *en, *zh;
    int is_content;
} classes[N_CLASSES] = {
    [CLASS_END] = {"end", "结束", 0},          [CLASS_DET] = {"determiner", "限定词", 0},
    [CLASS_PREP] = {"preposition", "介词", 0}, [CLASS_ADJ] = {"adjective", "形容词", 1},
    [CLASS_ACTOR] = {"actor", "行动者", 1},    [CLASS_VERB] = {"verb", "动词", 1},
    [CLASS_THING] = {"thing", "事物", 1},
};

// The vocabulary; a word's place is its action. The first one ends the sentence. The last column
// says where a word belongs; a word in no topic fits every one and counts for none.
static const struct {
    const char *en, *zh;
    int class_id;
    unsigned topics;
} words[] = {
    {"END", "结束", CLASS_END, NO_TOPIC},     {"the", "这", CLASS_DET, NO_TOPIC},
    {"a", "一个", CLASS_DET, NO_TOPIC},       {"near", "靠近", CLASS_PREP, NO_TOPIC},

    {"small", "小的", CLASS_ADJ, NO_TOPIC},   {"big", "大的", CLASS_ADJ, NO_TOPIC},
    {"sees", "看见", CLASS_VERB, NO_TOPIC},   {"likes", "喜欢", CLASS_VERB, NO_TOPIC},

    {"hungry", "饥饿的", CLASS_ADJ, ANIMALS}, {"furry", "毛茸茸的", CLASS_ADJ, ANIMALS},
    {"dog", "狗", CLASS_ACTOR, ANIMALS},      {"cat", "猫", CLASS_ACTOR, ANIMALS},
    {"chases", "追赶", CLASS_VERB, ANIMALS},  {"catches", "捉住", CLASS_VERB, ANIMALS},
    {"mouse", "老鼠", CLASS_THING, ANIMALS},  {"fish", "鱼", CLASS_THING, ANIMALS | KITCHEN},

    {"fresh", "新鲜的", CLASS_ADJ, KITCHEN},  {"hot", "热的", CLASS_ADJ, KITCHEN | WEATHER},
    {"cook", "厨师", CLASS_ACTOR, KITCHEN},   {"baker", "面包师", CLASS_ACTOR, KITCHEN},
    {"serves", "端上", CLASS_VERB, KITCHEN},  {"tastes", "品尝", CLASS_VERB, KITCHEN},
    {"soup", "汤", CLASS_THING, KITCHEN},     {"pie", "馅饼", CLASS_THING, KITCHEN},

    {"cold", "寒冷的", CLASS_ADJ, WEATHER},   {"grey", "灰色的", CLASS_ADJ, WEATHER},
    {"wind", "风", CLASS_ACTOR, WEATHER},     {"storm", "暴风雨", CLASS_ACTOR, WEATHER},
    {"pushes", "推动", CLASS_VERB, WEATHER},  {"brings", "带来", CLASS_VERB, WEATHER},
    {"cloud", "云", CLASS_THING, WEATHER},    {"rainbow", "彩虹", CLASS_THING, WEATHER},

    {"young", "年轻的", CLASS_ADJ, SCHOOL},   {"clever", "聪明的", CLASS_ADJ, SCHOOL},
    {"teacher", "老师", CLASS_ACTOR, SCHOOL}, {"student", "学生", CLASS_ACTOR, SCHOOL},
    {"reads", "朗读", CLASS_VERB, SCHOOL},    {"explains", "讲解", CLASS_VERB, SCHOOL},
    {"book", "书", CLASS_THING, SCHOOL},      {"lesson", "课文", CLASS_THING, SCHOOL},
};

// The grammar, a finite automaton over classes. The first state is the start. In words: DET ADJ?
// ACTOR VERB DET ADJ? THING, then perhaps PREP DET ADJ? (ACTOR | THING).
enum {
    STATE_START,
    STATE_SUBJECT,
    STATE_SUBJECT_ADJ,
    STATE_ACTS,
    STATE_VERB_DONE,
    STATE_OBJECT,
    STATE_OBJECT_ADJ,
    STATE_SENTENCE,
    STATE_PLACE,
    STATE_PLACE_DET,
    STATE_PLACE_ADJ,
    STATE_PLACED,
    N_STATES
};
static const int is_sentence[N_STATES] = {[STATE_SENTENCE] = 1, [STATE_PLACED] = 1};

static const struct {
    int from, class_id, to;
} rules[] = {
    {STATE_START, CLASS_DET, STATE_SUBJECT},         {STATE_SUBJECT, CLASS_ADJ, STATE_SUBJECT_ADJ},
    {STATE_SUBJECT, CLASS_ACTOR, STATE_ACTS},        {STATE_SUBJECT_ADJ, CLASS_ACTOR, STATE_ACTS},
    {STATE_ACTS, CLASS_VERB, STATE_VERB_DONE},       {STATE_VERB_DONE, CLASS_DET, STATE_OBJECT},
    {STATE_OBJECT, CLASS_ADJ, STATE_OBJECT_ADJ},     {STATE_OBJECT, CLASS_THING, STATE_SENTENCE},
    {STATE_OBJECT_ADJ, CLASS_THING, STATE_SENTENCE}, {STATE_SENTENCE, CLASS_PREP, STATE_PLACE},
    {STATE_PLACE, CLASS_DET, STATE_PLACE_DET},       {STATE_PLACE_DET, CLASS_ADJ, STATE_PLACE_ADJ},
    {STATE_PLACE_DET, CLASS_ACTOR, STATE_PLACED},    {STATE_PLACE_DET, CLASS_THING, STATE_PLACED},
    {STATE_PLACE_ADJ, CLASS_ACTOR, STATE_PLACED},    {STATE_PLACE_ADJ, CLASS_THING, STATE_PLACED},
};
