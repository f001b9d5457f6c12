// SPDX-License-Identifier: MIT
// Summarize-v0: the words its documents are made of. Edit the rows, build, run test_summarize: it
// computes optimum and random mean anew and says where envs/summarize.h states others.
#pragma once

#include "rl/text_task.h"

// Tokens without meaning of their own; the first seven are what the actions write.
enum {
    PADDING = BH_TOKEN_PAD,
    TOKEN_FIRST,
    TOKEN_SECOND,
    TOKEN_THIRD,
    TOKEN_FOURTH,
    TOKEN_FIFTH,
    TOKEN_SIXTH,
    TOKEN_STOP,
    TOKEN_SUM,
    TOKEN_IN,
    TOKEN_WITH,
    TOKEN_THEN,
    TOKEN_FOLLOWS,
    TOKEN_TOPIC
};

enum { WHO, DOES, WHAT, WHERE, COMPANION, RESULT, N_ROLES }; // the words of a topic, in this order

// How many topics, remarks, looks and times follow.
enum { N_TOPICS = 8, N_REMARKS = 6, N_LOOKS = 4, N_TIMES = 6 };

static const struct {
    const char *en, *zh;
} tokens_of[] = {
    [PADDING] = {"", ""},
    [TOKEN_FIRST] = {"<1>", "<1>"},
    [TOKEN_SECOND] = {"<2>", "<2>"},
    [TOKEN_THIRD] = {"<3>", "<3>"},
    [TOKEN_FOURTH] = {"<4>", "<4>"},
    [TOKEN_FIFTH] = {"<5>", "<5>"},
    [TOKEN_SIXTH] = {"<6>", "<6>"},
    [TOKEN_STOP] = {"STOP", "停"},
    [TOKEN_SUM] = {"<sum>", "<摘要>"},
    [TOKEN_IN] = {"in", "在"},
    [TOKEN_WITH] = {"with", "带着"},
    [TOKEN_THEN] = {"then", "然后"},
    [TOKEN_FOLLOWS] = {"follows", "发生"},

    // What documents report: "who does what", "who in where", "who with …", "then … follows".
    {"cook", "厨师"},
    {"burns", "烧焦"},
    {"soup", "汤"},
    {"kitchen", "厨房"},
    {"candle", "蜡烛"},
    {"smoke", "冒烟"},
    {"wind", "大风"},
    {"breaks", "打破"},
    {"window", "窗户"},
    {"school", "学校"},
    {"rain", "雨"},
    {"repair", "修理"},
    {"thief", "小偷"},
    {"steals", "偷走"},
    {"necklace", "项链"},
    {"museum", "博物馆"},
    {"ladder", "梯子"},
    {"arrest", "逮捕"},
    {"team", "球队"},
    {"wins", "赢得"},
    {"cup", "奖杯"},
    {"stadium", "体育场"},
    {"captain", "队长"},
    {"party", "庆祝"},
    {"bride", "新娘"},
    {"marries", "嫁给"},
    {"groom", "新郎"},
    {"church", "教堂"},
    {"family", "家人"},
    {"dance", "跳舞"},
    {"traveller", "旅客"},
    {"misses", "错过"},
    {"train", "火车"},
    {"station", "车站"},
    {"suitcase", "箱子"},
    {"delay", "延误"},
    {"doctor", "医生"},
    {"heals", "治好"},
    {"child", "孩子"},
    {"hospital", "医院"},
    {"medicine", "药"},
    {"sleep", "睡觉"},
    {"fox", "狐狸"},
    {"chases", "追赶"},
    {"hen", "母鸡"},
    {"farm", "农场"},
    {"cubs", "幼崽"},
    {"noise", "吵闹"},

    // What is said besides: noun, verb and a LOOK.
    {"coffee", "咖啡"},
    {"smells", "闻起来"},
    {"music", "音乐"},
    {"sounds", "听起来"},
    {"garden", "花园"},
    {"looks", "看起来"},
    {"tea", "茶"},
    {"tastes", "尝起来"},
    {"bed", "床"},
    {"feels", "摸起来"},
    {"air", "空气"},
    {"stays", "一直"},

    {"nice", "不错"},
    {"soft", "柔和"},
    {"warm", "温暖"},
    {"fresh", "新鲜"},

    // At the end of a sentence, or nothing.
    {"today", "今天"},
    {"tonight", "今晚"},
    {"early", "早些时候"},
    {"late", "晚些时候"},
    {"again", "又一次"},
    {"soon", "不久"},
};
