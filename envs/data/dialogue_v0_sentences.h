// SPDX-License-Identifier: MIT
// Dialogue-v0: what a reader is shown for the words of a dialogue. Networks never see it. Every
// sentence fits every need that its words leave possible: it tells a reader no more than the words
// tell the agent. English and Chinese are written each for their own readers; rows have as many of
// the one as of the other.
#pragma once

#include "envs/data/dialogue_v0_data.h"

enum { N_SENTENCES = 4, N_OF_NEED = 3 };

/// What is said, in one of several ways.
typedef struct dialogue_sentences {
    const char *en[N_SENTENCES], *zh[N_SENTENCES];
} dialogue_sentences;

/// The same, of a need.
typedef struct dialogue_need_sentences {
    const char *en[N_OF_NEED], *zh[N_OF_NEED];
} dialogue_need_sentences;

// ---- the bellhop ----

// The first of each is the one a list of replies shows.
static const dialogue_sentences bellhop_sentences[N_REPLIES] = {
    {{"Where is it?", "Where do you need it?", "May I ask where?", "Where would that be?"},
     {"请问在哪里？", "您说的是哪儿？", "请问是在什么地方？", "是在哪个地方呢？"}},
    {{"When do you need it?", "When would you like it?", "And when should that be?",
      "For when, please?"},
     {"您什么时候需要？", "请问什么时候要？", "您希望是什么时候？", "大概几时需要呢？"}},
    {{"Is something broken?", "Is something not working?", "Has something stopped working?",
      "Is anything out of order?"},
     {"是什么东西坏了吗？", "是有什么用不了吗？", "是不是哪里出了毛病？", "有东西不好使吗？"}},
    {{"Are you leaving us?", "Are you checking out?", "Are you about to leave us?",
      "Are you on your way home?"},
     {"您要退房离开吗？", "您是要走了吗？", "您准备退房了吗？", "您这是要回去了吗？"}},
    {{"Shall I make you a new key?", "Here is a new key for your room.",
      "Let me give you a new key card.", "Would a new key help?"},
     {"给您换一张新房卡吧？", "我给您做一张新房卡。", "给您一张新房卡，好吗？",
      "换张新房卡行吗？"}},
    {{"I will bring fresh towels.", "Shall I send up some towels?", "Would you like fresh towels?",
      "Let me bring you some clean towels."},
     {"我给您送新毛巾。", "要给您送几条毛巾上去吗？", "您是要干净毛巾吗？",
      "我这就让人送毛巾来，好吗？"}},
    {{"This is the new wifi password.", "Shall I give you the new wifi password?",
      "Let me get you online: here is the password.", "Here, this is the password for the wifi."},
     {"这是新的无线网密码。", "给您新的无线网密码，好吗？", "我帮您连上网吧，密码在这里。",
      "要不要告诉您无线网密码？"}},
    {{"I will call a taxi.", "Shall I call you a taxi?", "Would you like a taxi?",
      "Let me get you a taxi."},
     {"我给您叫出租车。", "要给您叫辆出租车吗？", "您需要出租车吗？", "我帮您叫辆出租车吧。"}},
    {{"We can keep your bags here.", "Shall we look after your bags?",
      "Would you like to leave your bags with us?", "Let me store your luggage for you."},
     {"行李可以寄存在这里。", "要把行李寄存在我们这儿吗？", "我帮您看管行李，好吗？",
      "行李先放我们这里吧？"}},
    {{"You may keep the room longer.", "Would you like to check out later?",
      "Shall I let you keep the room longer?", "You can check out later, if you like."},
     {"您可以晚些退房。", "您想晚一点退房吗？", "给您办延迟退房，好吗？",
      "房间可以让您多用一会儿。"}},
    {{"I cannot help you, I am sorry. Goodbye.", "I’m afraid I can’t help you. Goodbye.",
      "Sorry, I don’t know what else to try. Goodbye.",
      "I’m sorry, this is more than I can do. Goodbye."},
     {"很抱歉，我帮不了您，再见。", "对不起，这件事我实在帮不上忙，再见。",
      "抱歉，我想不出别的办法了，再见。", "真不好意思，我无能为力，再见。"}},
};

// What stands before a reply: the first one, one after an answer, one after a wrong solution.
enum { BEFORE_FIRST, BEFORE_NEXT, BEFORE_AFTER_WRONG, N_BEFORE };
static const dialogue_sentences before_sentences[N_BEFORE] = {
    {{"Of course.", "Certainly.", "With pleasure.", "Gladly."},
     {"好的。", "没问题。", "您好。", "当然。"}},
    {{"", "I see.", "", "All right."}, {"", "明白了。", "", "好的。"}},
    {{"I beg your pardon.", "I’m sorry.", "My mistake.", "Ah, sorry."},
     {"抱歉。", "不好意思。", "是我弄错了。", "啊，对不起。"}},
};

// ---- the guest ----

static const dialogue_sentences guest_sentences[N_MEANINGS] = {
    [MEANING_ANY] = {{"Excuse me, could you help me with something?",
                      "Hello. I need something, please.", "Hi there. Could I ask you for a favour?",
                      "Sorry to trouble you. I need a hand."},
                     {"你好，能帮我个忙吗？", "您好，我需要点东西。", "不好意思，麻烦您一下。",
                      "打扰了，有件事想请您帮忙。"}},
    [MEANING_ABOUT_ROOM] =
        {{"Hello. It’s about my room.", "Excuse me, I have a request about my room.",
          "Hi. There is something about my room.", "Could you help me with my room, please?"},
         {"你好，是我房间的事。", "不好意思，我房间有点事想麻烦您。",
          "您好，想跟您说一下我房间的事。", "打扰了，关于我的房间，有件事要请您帮忙。"}},
    [MEANING_ABOUT_LEAVING] = {{"Hello. We’re leaving soon, and I’d like to ask for something.",
                                "Hi. Our stay is nearly over, and there’s one thing left.",
                                "Excuse me, we’re going home and need a little help.",
                                "Hello. It’s about our departure."},
                               {"你好，我们快要走了，有件事想麻烦您。",
                                "您好，我们准备回家了，还有一件事。", "不好意思，是我们离店的事。",
                                "您好，我们要走了，临走前想请您帮个忙。"}},
    [MEANING_IN_ROOM] = {{"In my room.", "Up in my room.", "It’s in the room.",
                          "Right there in my room."},
                         {"在我房间里。", "就在房间里。", "在楼上，我的房间。", "房间里。"}},
    [MEANING_AT_DOOR] = {{"At my door.", "At the door to my room.",
                          "Outside my door, in the corridor.", "Right at the door."},
                         {"在我房门口。", "就在门口。", "我的房门那儿。", "在房门外，走廊上。"}},
    [MEANING_IN_HALL] = {{"Down here in the lobby.", "Here in the hall.", "Right here, downstairs.",
                          "In the lobby."},
                         {"就在大厅里。", "在楼下大堂。", "就在楼下这里。", "在大堂。"}},
    [MEANING_IN_STREET] = {{"Outside, in the street.", "Out in front of the hotel.",
                            "Outside, at the kerb.", "In the street, please."},
                           {"在外面街上。", "酒店门口的街边。", "在外头，路边。", "外面马路上。"}},
    [MEANING_AT_ONCE] = {{"Right now, please.", "As soon as you can.",
                          "Straight away, if possible.", "Now, please."},
                         {"现在就要。", "马上，麻烦您了。", "越快越好。", "现在，谢谢。"}},
    [MEANING_IN_EVENING] = {{"This evening would be fine.", "Tonight, if you can.",
                             "Some time this evening.", "Tonight, please."},
                            {"今天晚上就行。", "今晚吧。", "今晚什么时候都可以。", "晚上需要。"}},
    [MEANING_IN_MORNING] = {{"Tomorrow morning.", "In the morning, please.",
                             "Not until the morning.", "Tomorrow, in the morning."},
                            {"明天早上。", "明早吧。", "等明天早上。", "明天上午。"}},
    [MEANING_IS_BROKEN] = {{"Yes, it doesn’t work.", "Yes, I’m afraid so.",
                            "Yes. I tried three times, and nothing.",
                            "I think so. It stopped working."},
                           {"是的，用不了。", "对，好像坏了。", "是啊，试了好几次都不行。",
                            "嗯，突然就不好使了。"}},
    [MEANING_NOT_BROKEN] = {{"No, nothing is broken.", "No, everything works.",
                             "No, it isn’t that.", "Oh no, nothing like that."},
                            {"没有，东西都好好的。", "没有，什么都没坏。", "不是，不是坏了。",
                             "那倒没有。"}},
    [MEANING_LEAVES] = {{"Yes, we are leaving.", "Yes, we are.", "We are. It was a lovely stay.",
                         "Yes, we’re going home."},
                        {"是的，我们要走了。", "对，要走了。", "是啊，要回家了。",
                         "嗯，住得很愉快，不过要走了。"}},
    [MEANING_STAYS] = {{"No, we’re staying.", "No, not yet.",
                        "Oh no, we’re here for a few more days.",
                        "No, we’re staying a while longer."},
                       {"不，我们还住着。", "没有，还不走呢。", "不是，还要再住几天。",
                        "还没呢，我们要多住些日子。"}},
    // After what is no solution, which only a language model writes; else not_that_sentences.
    [MEANING_NOT_THAT] = {{"No, that’s not it.", "Thank you, but that’s not what I need.",
                           "No, I meant something else.", "I’m afraid that isn’t it."},
                          {"不，不是这个。", "谢谢，不过我要的不是这个。", "不是，我说的是别的事。",
                           "恐怕不是这个。"}},
    // As above; else solved_sentences.
    [MEANING_SOLVED] = {{"That’s it. Thank you!", "Perfect, thanks a lot!",
                         "Yes, exactly what I needed. Thank you.",
                         "Wonderful, thank you very much."},
                        {"就是这个，谢谢！", "太好了，多谢！", "对，正是我要的，谢谢您。",
                         "好极了，非常感谢。"}},
    [MEANING_GIVES_UP] = {{"Never mind, I’ll manage.", "Never mind. I’ll ask somebody else.",
                           "I’m afraid I must go now. Goodbye.", "Let’s leave it. Goodbye."},
                          {"算了，我自己想办法吧。", "没关系，我再问问别人。", "我得走了，再见。",
                           "那就算了，再见。"}},
};

// After goodbye a guest gives up in other words.
static const dialogue_sentences goodbye_sentences = {
    {"Oh. Well, never mind.", "Then I’ll ask somebody else. Goodbye.", "All right. Goodbye.",
     "What a pity. Goodbye."},
    {"哦，那算了。", "那我再问问别人，再见。", "好吧，再见。", "真可惜，再见。"},
};

// Of a solution that was wrong.
static const dialogue_need_sentences not_that_sentences[N_NEEDS] = {
    [NEED_KEY] = {{"A key? No, that’s not it.", "Thank you, but my key works.",
                   "No, I don’t need another key."},
                  {"房卡？不，不是这个。", "谢谢，房卡没问题。", "不用，我不缺房卡。"}},
    [NEED_TOWELS] = {{"Towels? No, I have plenty.", "No, I don’t need towels.",
                      "Thank you, but it isn’t towels."},
                     {"毛巾？不，够用了。", "不用，毛巾有的是。", "谢谢，不过不是毛巾的事。"}},
    [NEED_WIFI] = {{"The wifi? No, that’s fine.", "Thank you, but I’m online already.",
                    "No, it isn’t the wifi."},
                   {"无线网？不，网没问题。", "谢谢，我已经连上了。", "不是无线网的事。"}},
    [NEED_TAXI] = {{"A taxi? No, thank you.", "No, I don’t need a taxi.",
                    "Thank you, but it isn’t a taxi I need."},
                   {"出租车？不用，谢谢。", "不，我不需要车。", "谢谢，我要的不是车。"}},
    [NEED_BAGS] = {{"My bags? No, they’re fine where they are.", "No, it isn’t about my luggage.",
                    "Thank you, but I’ll keep my bags with me."},
                   {"行李？不，放着挺好。", "不是行李的事。", "谢谢，行李我自己拿着就行。"}},
    [NEED_LATE] = {{"Longer? No, I don’t need more time.", "No, the usual time is fine.",
                    "Thank you, but it isn’t about check-out time."},
                   {"晚点退房？不用，时间够了。", "不，照常退房就好。",
                    "谢谢，不是退房时间的事。"}},
};

// Of the right one.
static const dialogue_need_sentences solved_sentences[N_NEEDS] = {
    [NEED_KEY] = {{"Thank you! Now I can get into my room again.", "A new key, exactly. Thanks!",
                   "Yes, a key is what I need. Thank you so much."},
                  {"太好了，这下能进门了，谢谢！", "对，就是房卡，谢谢您！",
                   "要的就是新房卡，太感谢了。"}},
    [NEED_TOWELS] = {{"Fresh towels, yes. Thank you!", "Towels are just what I need. Thanks!",
                      "Clean towels, lovely. Thank you."},
                     {"对，就是毛巾，谢谢！", "太好了，正缺毛巾呢，谢谢。",
                      "要的就是毛巾，麻烦您了，谢谢！"}},
    [NEED_WIFI] = {{"That’s it, I’m online. Thank you!", "The password, of course. Thanks!",
                    "Now it works. Thank you very much."},
                   {"连上了，谢谢！", "对，就差这个密码，谢谢您。", "现在能上网了，太感谢了。"}},
    [NEED_TAXI] = {{"A taxi, exactly. Thank you!", "Wonderful, a taxi is what we need. Thanks!",
                    "Yes, a taxi. You’re very kind, thank you."},
                   {"对，就要出租车，谢谢！", "太好了，正需要一辆车，谢谢您。",
                    "是的，叫辆车就行，麻烦您了，谢谢！"}},
    [NEED_BAGS] = {{"Oh, that’s a relief. Thank you!", "That saves us carrying them. Thanks!",
                    "Perfect, we’ll pick them up later. Thank you."},
                   {"太好了，省得我们提着走，谢谢！", "那就放您这儿了，谢谢。",
                    "对，就是想寄存行李，多谢！"}},
    [NEED_LATE] = {{"Wonderful, then we needn’t hurry. Thank you!",
                    "A little more time is all I wanted. Thanks!",
                    "That’s just what I hoped for. Thank you."},
                   {"太好了，不用赶了，谢谢！", "能多待一会儿就好，谢谢您。",
                    "正想问能不能晚点退房，太感谢了。"}},
};
