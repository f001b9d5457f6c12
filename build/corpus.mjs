// SPDX-License-Identifier: MIT
// `node build/corpus.mjs`: the two texts a tiny language model learns from, envs/data/corpus_en.txt and corpus_zh.txt.
//
// Short stories about a hotel and the town around it, one paragraph each, a blank line between them. A story is a
// template with a person, a thing, a place and numbers drawn for it, and what the first sentence names comes back in
// later ones: the right name, the right pronoun, sums that are right. To foresee that, a model has to look further back
// than a few words. The generator is seeded, so that the files come out the same everywhere.
//
// Templates: [one|other] is one of them, {x} a value, {a.he} a pronoun of person a. First letters of sentences become
// capitals by themselves, and "a" becomes "an" before a vowel.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, isEntry, main, say } from './run.mjs';

/** About this many bytes each. */
const TARGET_BYTES = 112_000;

/** mulberry32, numbers in [0, 1). @param {number} seed @returns {() => number} */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** @typedef {{ name: string, he: string, him: string, his: string }} Person */
/** @typedef {string | Person} Value */

/** One story being told: draws without repeating itself. */
class Story {
  /** @param {() => number} random @param {Person[]} people */
  constructor(random, people) {
    this.random = random;
    this.people = people;
    /** @type {Set<unknown>} */
    this.used = new Set();
  }

  /** A whole number in [low, high]. @param {number} low @param {number} high */
  number(low, high) {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** One of them that this story has not drawn yet. @template T @param {readonly T[]} list @returns {T} */
  pick(list) {
    const free = list.filter((item) => !this.used.has(item));
    const item = /** @type {T} */ (free[this.number(0, free.length - 1)]);
    this.used.add(item);
    return item;
  }

  person() {
    return this.pick(this.people);
  }

  maybe() {
    return this.random() < 0.5;
  }

  /** Fills a template in. @param {Record<string, Value>} values @param {string[]} sentences */
  tell(values, ...sentences) {
    let text = sentences.join(' ');
    for (let before = ''; before !== text;) {
      before = text;
      text = text.replace(/\[([^[\]]*)\]/g, (_, /** @type {string} */ options) => {
        const list = options.split('|');
        return /** @type {string} */ (list[this.number(0, list.length - 1)]);
      });
    }
    return text.replace(/\{(\w+)(?:\.(\w+))?\}/g, (_, /** @type {string} */ name, /** @type {string | undefined} */ part) => {
      const value = /** @type {any} */ (values[name]);
      const found = part === undefined ? (value.name ?? value) : value[part];
      if (found === undefined) throw new Error(`No value {${name}.${part}} in: ${text}`);
      return found;
    });
  }
}

// ---- English ----

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
/** @param {number} n */
const word = (n) => /** @type {string} */ (NUMBERS[n]);

/** @type {Person[]} */
const PEOPLE = [
  ...['Tom', 'Ben', 'Max', 'Leo', 'Sam', 'Paul', 'Oscar', 'Henry'].map((name) => ({ name, he: 'he', him: 'him', his: 'his' })),
  ...['Anna', 'Lily', 'Mia', 'Emma', 'Rosa', 'Clara', 'Nina', 'Julia'].map((name) => ({ name, he: 'she', him: 'her', his: 'her' })),
];
const COLOURS = ['red', 'blue', 'green', 'yellow', 'white', 'black', 'brown', 'grey'];
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const ROOMS = ['garden', 'kitchen', 'library', 'dining room', 'lobby', 'cellar', 'hall'];
const THINGS = ['umbrella', 'key', 'watch', 'hat', 'book', 'ring', 'scarf', 'camera', 'purse', 'ticket'];
const FRUIT = ['apples', 'pears', 'plums', 'lemons', 'oranges', 'eggs', 'carrots', 'onions', 'tomatoes', 'potatoes'];
const SPOTS = ['under a chair', 'behind the door', 'under the table', 'near the window', 'behind a plant', 'on a shelf'];
const RIDDLES = [
  ['mouse', 'It is small and grey. It likes cheese and is afraid of cats'],
  ['cat', 'It has soft feet and catches mice. It likes milk and sleeps all day'],
  ['dog', 'It has four legs and guards the house. It likes bones'],
  ['cow', 'It is big and eats grass. It gives us milk'],
  ['hen', 'It has two legs and cannot fly far. It gives us eggs'],
  ['bee', 'It is very small and can fly. It makes honey'],
  ['horse', 'It is big and fast. You can ride on it'],
  ['fish', 'It has no legs. It lives in the water and cannot walk'],
  ['duck', 'It can swim and it can fly. It says quack'],
  ['frog', 'It is green and sits by the pond. It can jump very far'],
  ['owl', 'It sleeps in the day and flies at night. It has big round eyes'],
  ['snail', 'It is very slow. It carries its house on its back'],
];
const SOUPS = [['carrots', 'carrot'], ['onions', 'onion'], ['tomatoes', 'tomato'], ['potatoes', 'potato'], ['mushrooms', 'mushroom'], ['beans', 'bean']];
const BROKEN = [
  ['lamp', 'is dark', 'a new bulb', 'the room was bright again'],
  ['door', 'does not close', 'a screw and some oil', 'the door closed without a sound'],
  ['window', 'lets the cold wind in', 'a hammer', 'the room was warm again'],
  ['tap', 'drips all night', 'a small ring of rubber', 'not one drop fell'],
  ['clock', 'has stopped', 'a tiny spring', 'the clock went tick and tock again'],
  ['bed', 'is broken', 'a board and four nails', 'the bed was as strong as before'],
];
const OPPOSITES = [
  ['gets up early', 'gets up late', 'the sun rises', 'the sun is high'], ['likes hot tea', 'likes cold milk', 'the cup is hot', 'the glass is cold'],
  ['is always loud', 'is always quiet', 'there is a lot of noise', 'there is no noise'], ['walks fast', 'walks slowly', 'the way is short', 'the way is long'],
  ['loves the summer', 'loves the winter', 'it is warm', 'it snows'], ['spends money', 'saves money', 'there is something to buy', 'the purse is full'],
];
const HOMES = [
  ['by the sea', 'the boats'], ['by the sea', 'the white birds'], ['in the mountains', 'the snow'], ['in the mountains', 'the old bridge'],
  ['on a farm', 'the horses'], ['on a farm', 'the new hens'], ['in a big city', 'the lights'], ['in a big city', 'the museum'],
];
const JOBS = ['cook', 'teacher', 'doctor', 'painter', 'farmer', 'singer', 'baker', 'driver'];

/** @type {((s: Story) => string)[]} */
const ENGLISH = [
  function lost(s) {
    const second = s.maybe();
    return s.tell(
      { a: s.person(), b: s.person(), c: s.pick(COLOURS), o: s.pick(THINGS), p: s.pick(ROOMS), q: s.pick(ROOMS), spot: s.pick(SPOTS) },
      '[One morning|One evening|After lunch|Before dinner], {a} [could not find {a.his} {c} {o}|lost {a.his} {c} {o}|missed {a.his} {c} {o}].',
      '"Have you seen my {o}?" {a.he} asked {b}, the bellhop. [{b} had not seen it.|"No, but I will help you," said {b}.]',
      '"Where were you today?" asked {b}. "First I was in the {p}, then I was in the {q}," [said|answered] {a}.',
      second ? '[So {b} went to the {p} first|First {b} looked in the {p}], but the {o} was not there. Then {b.he} looked in the {q}, and there it was, {spot}!'
        : '[So {b} went to the {p} first|First {b} looked in the {p}]. [There it was|And there lay the {o}], {spot}!',
      '"Is this your {o}?" asked {b}. "Yes, [that is it|it is mine]! [It is {c}, just like mine.|Thank you, {b}!]" [{a} was very happy.|{a} gave {b} a warm smile.]',
    );
  },
  function market(s) {
    const n = s.number(3, 6), m = s.number(2, 6), k = s.number(2, 4);
    return s.tell(
      { a: s.person(), b: s.person(), f: s.pick(FRUIT), day: s.pick(DAYS), n: word(n), m: word(m), k: word(k), sum: word(n + m), rest: word(n + m - k) },
      '[On {day}|Early on {day}], {a} went to the market [to buy {f}|because {a.he} needed {f}]. [At the first stall|From an old farmer], {a.he} bought {n} {f}.',
      '[At the next stall|From a young farmer], {a.he} bought {m} more. {n} and {m} [are|make] {sum}, so {a} now had {sum} {f} in {a.his} [basket|bag].',
      '[On the way home|On the way back], {a.he} met {b}, who [was hungry|had forgotten to go to the market]. {a} gave {b.him} {k} of the {f}.',
      '"How many do you have now?" asked {b}. "{sum} take away {k} is {rest}," said {a}. [So {a.he} came home with {rest} {f}.|There were {rest} {f} left.]',
    );
  },
  function rain(s) {
    const dry = s.maybe();
    return s.tell(
      { a: s.person(), b: s.person(), c: s.pick(COLOURS), to: s.pick(['market', 'station', 'school', 'bank', 'museum', 'park']) },
      dry ? '[{a} looked at the dark clouds and took {a.his} {c} umbrella|The sky was dark, so {a} took {a.his} {c} umbrella].'
        : '[The sun was shining, so|It was a bright morning, and] {a} left {a.his} {c} umbrella [at the hotel|in {a.his} room].',
      '{a.he} [walked|went] to the {to}. [Soon|After a while] it began to rain, [first a little, then a lot|and the rain was heavy].',
      dry ? '{a} opened the {c} umbrella and [stayed dry|did not get wet]. On the way back from the {to}, {a.he} met {b}, who had no umbrella and was very wet.'
        : '{a} had no umbrella and got very wet. {a.he} ran all the way back from the {to}.',
      dry ? '"Come under my umbrella," said {a}. "It is big enough for two." [So they walked back together.|{b} thanked {a.him}, and they walked back together.]'
        : 'At the door stood {b}, the bellhop. "[Oh dear, you are wet!|Where is your umbrella?]" said {b}, and brought {a.him} a [warm|dry] towel and a cup of tea.',
      dry ? '[They were both glad that {a} had the {c} umbrella.|Next time {b} will take an umbrella, too.]'
        : '[Next time {a} will take the {c} umbrella.|"Tomorrow I will take my umbrella," said {a}.]',
    );
  },
  function suitcase(s) {
    const n = s.number(3, 9), k = s.number(2, 5), stairs = s.maybe();
    return s.tell(
      { a: s.person(), b: s.person(), c: s.pick(COLOURS), n: word(n), k: word(k), job: s.pick(JOBS), full: s.pick(['books', 'stones', 'shoes', 'pans', 'tools']) },
      '[A {job} named {a} came to the hotel|{a}, a {job}, arrived at the hotel] with a [big|large] {c} suitcase. It was [very heavy|so heavy that {a.he} could not lift it].',
      '{b}, the bellhop, [carried it|took it] to room {n}. ' + (stairs ? 'The lift was broken, so {b.he} had to take the stairs. {b} was tired when {b.he} came to room {n}.'
        : 'The lift was working, so {b.he} did not have to take the stairs. Soon they were at room {n}.'),
      '"What is in your {c} suitcase?" asked {b}. "It is full of {full}," said the {job}. "[I never travel without my {full}|I need my {full} here]."',
      '[{b} laughed.|{b} smiled.] {a} gave {b.him} {k} coins, [and {b.he} put the {k} coins into {b.his} pocket|one for each time {b.he} had sighed].',
    );
  },
  function animal(s) {
    const kind = s.pick(['cat', 'dog', 'kitten', 'puppy']);
    const isCat = kind === 'cat' || kind === 'kitten';
    return s.tell(
      {
        a: s.person(), kind, c: s.pick(['white', 'black', 'brown', 'grey']), pet: s.pick(['Lucky', 'Snowy', 'Biscuit', 'Pepper', 'Coco', 'Star']),
        says: isCat ? 'said meow' : 'barked', food: s.pick(isCat ? ['milk', 'fish'] : ['meat', 'bread']), p: s.pick(['in the garden', 'behind the hotel', 'by the river', 'near the station']),
      },
      '{a} found a [small|thin] {c} {kind} {p}. [It was hungry and cold.|The {kind} was alone and hungry.] It looked at {a} and {says}.',
      '{a} took the {kind} home and gave it some {food}. [It ate all the {food}.|Soon the {food} was gone.] [Now it was not hungry any more.|Then it was full and happy.]',
      '"[What shall we call you?|You need a name,]" said {a}. "[I will call you {pet}.|Your name is {pet}.]" The {c} {kind} {says} again. [It liked the name.|That was a yes.]',
      '[At night|In the evening], {pet} [slept|lay down] [at the foot of the bed|on an old pillow|next to the stove]. [From that day on|After that], {a} and {pet} [were good friends|went everywhere together].',
    );
  },
  function school(s) {
    const n = s.number(2, 6), m = s.number(2, 6), wrong = s.maybe();
    return s.tell(
      { a: s.person(), b: s.person(), t: s.person(), n: word(n), m: word(m), sum: word(n + m), off: word(n + m - 1), thing: s.pick(['pens', 'birds', 'stars', 'coins', 'balls', 'cakes']) },
      '{t} is the teacher, and {a} and {b} [sit in the first row|are in the same class]. [{t} drew {n} {thing} on the left and {m} {thing} on the right.|On the board were {n} {thing} on the left and {m} {thing} on the right.]',
      '"How many {thing} are there?" [asked {t}|{t.he} asked].',
      wrong ? '"{off}," said {a}. [{t} shook {t.his} head.|"Count again," said {t}.] "{sum}," said {b}. "{n} and {m} make {sum}."' : '"{sum}," said {a}. "{n} and {m} make {sum}." {b} [counted the {thing} one by one|used {b.his} fingers] and also got {sum}.',
      wrong ? '"[Right|Very good], {b}," said {t}. {a} counted the {thing} once more and got {sum}, too. [Then they all laughed.|Now {a} knew why.]'
        : '"[Right|Very good], {a}," said {t}. "[You may both go and play|You two are quick today]." [So {a} and {b} ran out to play.|{a} and {b} were proud.]',
    );
  },
  function soup(s) {
    const [many, one] = /** @type {string[]} */ (s.pick(SOUPS));
    const salty = s.maybe(), n = s.number(3, 8);
    return s.tell(
      { a: s.person(), b: s.person(), many: /** @type {string} */ (many), one: /** @type {string} */ (one), n: word(n), day: s.pick(DAYS) },
      '[On {day}|Every {day}], {a}, the cook, [makes|cooks] {one} soup. {a.he} [washes|takes] {n} {many}, [cuts them into small pieces|cuts them up], and puts them into a pot of [hot|boiling] water.',
      salty ? '[Then {a.he} adds salt.|Then comes the salt.] {b} tastes the soup and says, "[Oh no, |]this {one} soup is too salty!" {a} adds more water and [two|three] more {many}.'
        : '[But {a.he} forgets the salt.|This time the salt is forgotten.] {b} tastes the soup and says, "This {one} soup has no taste!" {a} adds a little salt and some pepper.',
      '{b} tastes it again. "Now it is [just right|very good]," {b.he} says. [The guests eat all of the {one} soup.|Soon the pot is empty.] "[May we have more|Is there more] {one} soup?" they ask.',
    );
  },
  function checkIn(s) {
    const n = s.number(2, 6), k = s.number(2, 9);
    return s.tell(
      { a: s.person(), b: s.person(), n: word(n), k: word(k), view: s.pick(['the sea', 'the park', 'the river', 'the mountains']) },
      '"Good [evening|morning]," said {a}. "[I would like a room for {n} nights, please.|Do you have a room for {n} nights?]" "Welcome to our hotel," said {b} [at the desk|with a smile].',
      '"For {n} nights I can give you room {k}. From the window you can see {view}." "[I love|How nice, I like] {view}," said {a}. "[I will take|Then I take] room {k}."',
      '{b} gave {a.him} the key to room {k}. "Breakfast is at [seven|eight]," said {b}. [{a} slept well for {n} nights.|For {n} nights {a} slept very well.]',
      '[When {a.he} left, {a.he} said,|At the end {a.he} said,] "[I will miss {view}|Next time I want to see {view} again]." {b} took back the key to room {k} and [waved|said goodbye].',
    );
  },
  function opposites(s) {
    const [x, y, when, other] = /** @type {[string, string, string, string]} */ (s.pick(OPPOSITES));
    const [u, v] = /** @type {[string, string, string, string]} */ (s.pick(OPPOSITES));
    const a = s.person(), b = s.person();
    return s.tell(
      { a, b, x, y, u, v, when, other, c: s.pick(COLOURS), d: s.pick(COLOURS) },
      '{a} and {b} are [friends|neighbours], but they are [not at all alike|very different]. {a} {x}, and {b} {y}. {a} {u}, and {b} {v}.',
      '{a} has a {c} [bag|coat|bicycle], but {b} has a {d} one. [If {when}, think of {a}.|When {when}, {a} is happy.] [If {other}, think of {b}.|When {other}, {b} is happy.]',
      '[One day|Once] someone asked, "Which of you {y}?" "That is {b}," said {a}. "[And I am the one who {x}|And who {x}? That is me]." [{b} laughed.|{b} said that this was true.]',
      '[They are different, but they like each other.|Who wants a friend who is always the same?]',
    );
  },
  function gift(s) {
    return s.tell(
      { a: s.person(), b: s.person(), c: s.pick(COLOURS), d: s.pick(COLOURS), o: s.pick(['scarf', 'hat', 'sweater', 'bag', 'coat', 'kite']), day: s.pick(DAYS) },
      '[On {day}|Next {day}] it will be the birthday of {b}. [{a} wants to make {b.him} a {o}.|{a} has an idea and will make {b.him} a {o}.] [{b} loves {c}, but {b.he} does not like {d}.|{b} does not like {d}, but {b.he} loves {c}.]',
      'So {a} buys {c} [cloth|wool] and [works|sews] [all week|every evening]. [The {o} is ready just in time.|It takes {a.him} a long time, but at last the {o} is ready.]',
      'On {day} {a} puts the {o} into a box. {b} opens the box. "A {c} {o}!" {b.he} says. "[How did you know that I love {c}?|And it is {c}, my colour! Thank you, {a}!]"',
      '[{b} will not let go of the {o} all day.|{b} shows the {c} {o} to everyone.|{a} is glad that it is not {d}.]',
    );
  },
  function train(s) {
    const late = s.maybe(), n = s.number(7, 10);
    return s.tell(
      { a: s.person(), b: s.person(), n: word(n), next: word(n + 1), town: s.pick(['London', 'Paris', 'Rome', 'Vienna', 'Berlin', 'Madrid']), who: s.pick(['aunt', 'uncle', 'brother', 'sister', 'grandmother']) },
      '{a} wanted to go to {town} [to see {a.his} {who}|because {a.his} {who} lives there]. The train to {town} leaves at {n}.',
      late ? '[{a} slept too long|{a} forgot to set the clock] and [got up late|woke up late]. {a.he} ran to the station, but the train was [already gone|no longer there].'
        : '[{a} set the clock|{a} went to bed early] and [got up early|woke up early]. {a.he} was at the station [in good time|long before the train].',
      late ? '"When is the next train to {town}?" {a.he} asked {b}. "At {next}," said {b}. "You have to wait an hour." So {a} [waited|sat down and waited] and took the train at {next}.'
        : '"Is this the train to {town}?" {a.he} asked {b}. "Yes, it is," said {b}. "It leaves at {n}." So {a} [got on|found a seat by the window], and at {n} the train left.',
      late ? '[In {town}|At the station in {town}], {a.his} {who} asked, "Why are you so late?" "[Because I slept too long|Because I missed the train at {n}]," said {a}.'
        : '[In {town}|At the station in {town}], {a.his} {who} [was waiting|stood and waved]. "You are right on time," said {a.his} {who}.',
    );
  },
  function trade(s) {
    const [one, other] = [s.pick(FRUIT), s.pick(FRUIT)];
    const n = s.number(2, 6);
    return s.tell(
      { a: s.person(), b: s.person(), one, other, n: word(n), dish: s.pick(['a cake', 'a pie', 'a salad', 'dinner']) },
      '{a} has many {one} but no {other}. {b} has many {other} but no {one}. [They meet at the well.|One day they meet in the street.]',
      '"I want to make {dish}, and I need {n} {other}," says {a}. "And I need {n} {one}," says {b}. "[Let us trade!|Shall we trade?]"',
      'So {a} gives {b.him} {n} {one}, and {b} gives {a.him} {n} {other}. [Both are happy.|It is a fair trade.]',
      '[In the evening|Later] {a} makes {dish} with the {n} {other}. [{b} comes to eat, too.|{a.he} brings some of it to {b}.] "[This is good|How good this is]," says {b}. "[The {other} are from my garden|I know those {other}]!"',
    );
  },
  function repair(s) {
    const [o, bad, tool, good] = /** @type {[string, string, string, string]} */ (s.pick(BROKEN));
    const n = s.number(2, 9);
    return s.tell(
      { a: s.person(), b: s.person(), o, bad, tool, good, n: word(n) },
      '{a} came down from room {n}. "The {o} in my room {bad}," {a.he} [told|said to] {b}. "[Can you help me?|Can you do something?]" "Of course," said {b}.',
      '{b} went up to room {n} and [looked at|had a look at] the {o}. "[I see|Now I understand]," {b.he} said. "I need {tool}."',
      '[After ten minutes {b.he} came back|Soon {b.he} was back] with {tool}. [{b} worked for an hour.|It did not take long.] [At last|In the end] {good}.',
      '"The {o} is as good as new," said {b}. [{a} thanked {b.him} and went back to room {n}.|"You are the best," said {a} in room {n}.]',
    );
  },
  function letter(s) {
    const visit = s.maybe();
    const [p, see] = /** @type {[string, string]} */ (s.pick(HOMES));
    return s.tell(
      { a: s.person(), b: s.person(), day: s.pick(DAYS), p, see },
      '{a} lives {p}. [One day|Last week] {a.he} wrote a letter to {b}. It said, "Dear {b}, [please come and see me|please come and visit me] on {day}. [I want to show you {see}.|You have to see {see}.]"',
      '{b} read the letter [twice|at breakfast]. "[How nice!|Good news!]" {b.he} said. "{a} wants to show me {see}."',
      visit ? 'On {day} {b} [packed a small bag|took the bus] and went to see {a}. They [looked at|saw] {see} and talked until night. "[I am glad that you wrote|Your letter made me happy]," said {b}.'
        : 'But on {day} {b} was ill and had to stay in bed. So {b.he} wrote back, "Dear {a}, [I cannot come on {day}|I am ill]. I am sorry. I will see {see} another time."',
      visit ? '[{a} was glad, too.|{b} will never forget {see}.]' : '{a} was [sad|sorry], but {a.he} sent {b.him} a picture of {see}.',
    );
  },
  function race(s) {
    const [fast, slow] = /** @type {[string, string]} */ (s.pick([['hare', 'snail'], ['horse', 'cow'], ['fox', 'duck'], ['dog', 'frog'], ['cat', 'hen'], ['rabbit', 'goose']]));
    const sleeps = s.maybe();
    return s.tell(
      { fast, slow, goal: s.pick(['old tree', 'bridge', 'river', 'red house', 'mill', 'gate']) },
      'A {fast} and a {slow} [wanted to know who was faster|had a race]. "[Let us run|We will run] to the {goal}," said the {fast}. The {slow} said, "[Good, I will try|Yes, why not]."',
      'The {fast} was [fast|quick], and the {slow} was slow. [Soon the {fast} was far ahead.|After a minute the {slow} was far behind.]',
      sleeps ? '"I have time," said the {fast}, and [lay down in the shade|lay down in the grass]. It fell asleep. The {slow} did not stop. It went on and on, past the {fast}, and came to the {goal} first.'
        : 'The {fast} did not rest. It ran and ran, and came to the {goal} first. Then it sat down and waited for the {slow}. At last the {slow} came to the {goal}, too.',
      sleeps ? '"[Where were you?|Did you sleep well?]" asked the {slow}. The {fast} [was ashamed|said nothing]. [The one who sleeps does not win.|That day the slow one won.]'
        : '"[You are too fast for me|You won]," said the {slow}. "[But I did not give up|But I came all the way]." The {fast} [was kind|smiled] and shared its lunch with the {slow}.',
    );
  },
  function hide(s) {
    const [x, y] = [s.pick(SPOTS), s.pick(SPOTS)];
    const n = s.number(5, 12);
    return s.tell(
      { a: s.person(), b: s.person(), x, y, n: word(n), p: s.pick(ROOMS), sound: s.pick(['sneeze', 'laugh', 'cough', 'small noise']) },
      '{a} and {b} played hide and seek in the {p}. {b} closed {b.his} eyes and counted to {n}. {a} hid {x}.',
      '"[I am coming|Here I come]!" [called|said] {b} after the count of {n}. [First|At first] {b.he} looked {y}, but {a} was not there.',
      'Then {b.he} heard a {sound}. [It came from the other side of the {p}.|"What was that?" asked {b}.] {b.he} looked {x}. There was {a}!',
      '"[I found you|There you are], {a}!" said {b}. "[That was because of the {sound}|I heard a {sound}]." [Now it was the turn of {a} to close {a.his} eyes and count to {n}.|Now {a} had to count to {n}, and {b} could hide.]',
    );
  },
  function garden(s) {
    const watered = s.maybe();
    return s.tell(
      { a: s.person(), c: s.pick(['red', 'blue', 'yellow', 'white']), f: s.pick(['rose', 'tulip', 'lily', 'poppy']), month: s.pick(['March', 'April', 'May']), who: s.pick(['mother', 'father', 'grandmother', 'teacher']) },
      'In {month} {a} [planted|put] a {f} in [the garden|a pot]. [{a.he} hoped for a {c} flower.|"I hope it will be {c}," said {a}.]',
      watered ? '{a.he} gave it water [every day|every morning]. [After some weeks|Soon] a green leaf came out of the earth, then another, and at last [a flower|there was a flower]. It was {c}!'
        : '[But {a.he} forgot to water it|But nobody gave it water]. After some weeks the earth was dry, and the {f} was [nearly dead|very weak]. Then {a} gave it water every day, and slowly it grew strong again.',
      watered ? '{a} [cut|picked] the {c} {f} and gave it to {a.his} {who}. "[What a beautiful {f}|I love a {c} {f}]!" said {a.his} {who}.'
        : 'At last there was a {c} flower. "[A plant needs water every day|Never forget the water]," said {a.his} {who}. "[I know that now|Yes, you are right]," said {a}, and looked at the {c} {f}.',
      '[{a} planted one more {f} the next day.|The {f} in {month} was the beginning of a big garden.]',
    );
  },
  function riddle(s) {
    const [answer, text] = /** @type {[string, string]} */ (s.pick(RIDDLES));
    const [wrong] = /** @type {[string, string]} */ (s.pick(RIDDLES));
    return s.tell(
      { a: s.person(), b: s.person(), answer, text, wrong, p: s.pick(['on the bus', 'at breakfast', 'in the lobby', 'by the fire', 'in the garden']) },
      '{a} and {b} [sat|were] {p}. "[I am thinking of an animal|Guess my animal]," said {a}. "{text}. [What is it?|Do you know it?]"',
      '"Is it a {wrong}?" asked {b}. "No, it is not a {wrong}," said {a}. [{b} thought for a while.|"Think again."] [Then {b} said, "It must be a {answer}."|"Is it a {answer}?" {b} asked.]',
      '"[Yes|Right], a {answer}!" said {a}. [Then it was {b} who had to think of an animal.|"Now it is your turn, {b}."]',
    );
  },
  function breakfast(s) {
    const drinks = ['tea', 'coffee', 'milk', 'juice'], foods = ['toast', 'rice', 'soup', 'an egg', 'cake', 'porridge'];
    const [x, y, f] = [s.pick(drinks), s.pick(drinks), s.pick(foods)];
    return s.tell(
      { a: s.person(), b: s.person(), x, y, f, n: word(s.number(2, 9)) },
      '{a} from room {n} came to breakfast. "[I would like|Please bring me] {x} and {f}," {a.he} said to {b}, who was serving that day.',
      '[After a few minutes|Soon] {b} brought {y} and {f}. "[I am sorry, but I|Oh, I] wanted {x}, not {y}," said {a}. "[My mistake|Of course]," said {b}. "[I gave your {x} to another guest|I will be right back]."',
      '{b} took the {y} away and came back with a big cup of {x}. [{a} drank the {x} and ate|Now {a} had {x} and] {f}. "[It was very good|Now all is well]," {a.he} said.',
      '[The next day {b} asked, "{x} and {f}, as always?"|The next morning {b} brought {x} at once.] [{a} laughed and nodded.|{a} was happy.]',
    );
  },
];

/** Capitals, and "an". @param {string} text */
function tidyEnglish(text) {
  return text
    .replace(/\b([Aa]) (?=[aeiou])/g, '$1n ')
    .replace(/(^"?|[.!?] "?|\." "?|[!?]" "|, ")([a-z])/g, (_, before, letter) => before + letter.toUpperCase());
}

// ---- Chinese ----

const NUMBERS_ZH = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];
/** In sums and room numbers. @param {number} n */
const digit = (n) => /** @type {string} */ (NUMBERS_ZH[n]);
/** Before a measure word. @param {number} n */
const count = (n) => (n === 2 ? '两' : digit(n));

/** @type {Person[]} */
const PEOPLE_ZH = [
  ...['小明', '小山', '阿宝', '阿力', '大东', '小石', '阿海'].map((name) => ({ name, he: '他', him: '他', his: '他的' })),
  ...['小红', '小雨', '小花', '阿美', '小月', '小云', '丽丽'].map((name) => ({ name, he: '她', him: '她', his: '她的' })),
];
const COLOURS_ZH = ['红', '蓝', '绿', '黄', '白', '黑'];
const DAYS_ZH = ['星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期天'];
const ROOMS_ZH = ['花园', '厨房', '书房', '餐厅', '大厅', '院子'];
const THINGS_ZH = [['伞', '把'], ['帽子', '顶'], ['书', '本'], ['手表', '块'], ['围巾', '条'], ['衣服', '件'], ['包', '个'], ['杯子', '个']];
const FRUIT_ZH = ['苹果', '梨', '桃子', '鸡蛋', '土豆', '西瓜', '包子', '饼'];
const SPOTS_ZH = ['椅子下面', '门后面', '桌子下面', '窗户旁边', '柜子后面', '书包旁边'];
const RIDDLES_ZH = [
  ['猫', '它的脚很软，会捉老鼠，爱吃鱼'], ['狗', '它有四条腿，会看门，爱吃骨头'], ['牛', '它很大，爱吃草，会给我们奶'],
  ['鸡', '它有两条腿，飞不高，会生蛋'], ['马', '它很大，跑得很快，人可以骑它'], ['鱼', '它没有腿，住在水里，不会走路'],
  ['鸭子', '它会游水，走路很慢，叫起来很好听'], ['鸟', '它很小，会飞，早上在树上唱歌'], ['老鼠', '它又小又灰，最怕猫'],
];
const SOUPS_ZH = ['土豆', '鸡蛋', '白菜', '豆子', '西红柿', '鱼'];
const BROKEN_ZH = [
  ['灯', '不亮了', '一个新灯泡', '房间又亮了'], ['门', '关不上了', '一点油', '门关得又轻又好'], ['窗户', '关不上，很冷', '一把锤子', '房间又暖和了'],
  ['钟', '不走了', '一个新电池', '钟又走起来了'], ['床', '坏了', '一块木头', '床又和新的一样了'],
];
const OPPOSITES_ZH = [
  ['起得早', '起得晚'], ['爱喝热茶', '爱喝冷水'], ['说话声音大', '说话声音小'], ['走路快', '走路慢'], ['喜欢夏天', '喜欢冬天'], ['爱花钱', '爱存钱'], ['个子高', '个子矮'],
];
const HOMES_ZH = [
  ['海边', '大船'], ['海边', '白鸟'], ['山里', '老桥'], ['山里', '雪'], ['农村', '白马'], ['农村', '小鸡'], ['大城市', '灯'], ['大城市', '公园'],
];
const JOBS_ZH = ['医生', '老师', '画家', '农民', '歌手', '司机'];

/** @type {((s: Story) => string)[]} */
const CHINESE = [
  function lost(s) {
    const second = s.maybe();
    const [o, m] = /** @type {[string, string]} */ (s.pick(THINGS_ZH));
    return s.tell(
      { a: s.person(), b: s.person(), c: s.pick(COLOURS_ZH), o, m, p: s.pick(ROOMS_ZH), q: s.pick(ROOMS_ZH), spot: s.pick(SPOTS_ZH) },
      '[一天早上|一天晚上|午饭以后|晚饭以前]，{a}[找不到自己的{c}{o}了|的{c}{o}不见了|丢了一{m}{c}{o}]。',
      '“你看见我的{o}了吗？”{a.he}问门童{b}。[{b}说没有看见|“没有，不过我来帮你找。”{b}说]。',
      '“你今天去过哪里？”{b}问。“我先去了{p}，后来去了{q}。”{a}[说|回答]。',
      second ? '{b}先[去|到]{p}找，可是{o}不在那里。{b.he}又去{q}找，{o}就在{spot}！' : '{b}先[去|到]{p}找。[一看，|]{o}就在{spot}！',
      '“这是你的{o}吗？”{b}问。“[是的，就是这{m}|对，这{m}{c}{o}是我的]！[谢谢你，{b}|太好了]！”{a}[高兴地笑了|非常高兴]。',
    );
  },
  function market(s) {
    const n = s.number(3, 6), m = s.number(2, 6), k = s.number(2, 4);
    return s.tell(
      {
        a: s.person(), b: s.person(), f: s.pick(FRUIT_ZH), day: s.pick(DAYS_ZH), n: count(n), m: count(m), k: count(k), sum: count(n + m), rest: count(n + m - k),
        nn: digit(n), mm: digit(m), kk: digit(k), ss: digit(n + m), rr: digit(n + m - k),
      },
      '[{day}，|{day}早上，]{a}去市场买{f}。{a.he}先[从一个老农民那里|在第一家]买了{n}个{f}，又[从一个年轻人那里|在第二家]买了{m}个。',
      '{nn}加{mm}[等于|是]{ss}，所以{a}[现在一共有|有了]{sum}个{f}。',
      '[回家的路上|回来的路上]，{a.he}遇见了{b}，{b}[正饿着|忘了买{f}]。{a}给了{b.him}{k}个{f}。',
      '“你还有几个{f}？”{b}问。“{ss}减{kk}[等于|是]{rr}。”{a}说。[{a.he}带着{rest}个{f}回了家。|最后还有{rest}个{f}。]',
    );
  },
  function rain(s) {
    const dry = s.maybe();
    return s.tell(
      { a: s.person(), b: s.person(), c: s.pick(COLOURS_ZH), to: s.pick(['市场', '车站', '学校', '银行', '公园', '书店']) },
      dry ? '[天上有很多黑云|天很黑]，{a}带上了{c}伞。' : '[早上太阳很好|天上没有一点云]，所以{a}没有带{c}伞。',
      '{a.he}[走到|去了]{to}。[不久|过了一会儿]，下起了[大雨|雨，雨越下越大]。',
      dry ? '{a}打开{c}伞，衣服[一点也没有湿|还是干的]。从{to}回来的时候，{a.he}遇见了{b}。{b}没有伞，衣服都湿了。' : '{a}没有伞，衣服全湿了。{a.he}从{to}一路跑了回来。',
      dry ? '“来我的伞下面吧，”{a}说，“这把伞很大，够两个人用。”两个人[一起走回来|一起回了家]。[{b}说：“谢谢你，{a}！”|{b}想：下次我也要带伞。]'
        : '门童{b}看见了，说：“[你怎么全湿了|你的伞呢]？”{b}给{a.him}拿来一块干毛巾和一杯热茶。“[明天我一定带伞|下次我要带上那把{c}伞]。”{a}说。',
    );
  },
  function suitcase(s) {
    const n = s.number(3, 9), k = s.number(2, 5), stairs = s.maybe();
    return s.tell(
      { a: s.person(), b: s.person(), c: s.pick(COLOURS_ZH), n: digit(n), k: count(k), job: s.pick(JOBS_ZH), full: s.pick(['书', '石头', '鞋', '杯子', '茶']) },
      '[{job}{a}来到旅馆|有一天，旅馆来了一位{job}，叫{a}]，带着一个[很大的|大大的]{c}箱子。箱子[非常重|太重了，{a.he}拿不动]。',
      '门童{b}[把箱子送到|要把箱子送到]{n}号房间。' + (stairs ? '电梯坏了，{b.he}只好走楼梯。到了{n}号房间，{b}累坏了。' : '电梯是好的，{b.he}不用走楼梯。不一会儿就到了{n}号房间。'),
      '“[你的{c}箱子里是什么|箱子里有什么]？”{b}问。“[里面都是{full}|全是{full}]。”{a}说，“[我离不开{full}|没有{full}我睡不好]。”',
      '{b}[笑了|笑了起来]。{a}给了{b.him}{k}个硬币，{b}[把{k}个硬币放进口袋|很高兴]。',
    );
  },
  function animal(s) {
    const cat = s.maybe(), kind = cat ? '猫' : '狗';
    return s.tell(
      { a: s.person(), kind, c: s.pick(['白', '黑', '灰', '黄']), says: cat ? '喵喵叫' : '汪汪叫', food: s.pick(cat ? ['牛奶', '鱼'] : ['肉', '骨头']), pet: s.pick(['豆豆', '毛毛', '雪球', '点点']), p: s.pick(['花园里', '旅馆后面', '河边', '车站旁边']) },
      '{a}在{p}看见一只小{c}{kind}。[它又饿又冷|小{kind}没有家，很饿]，看着{a}{says}。',
      '{a}把小{kind}带回家，给它拿来{food}。[不一会儿，{food}就没有了|它把{food}全吃了]。[现在它不饿了|它吃得很饱]。',
      '“[你叫什么名字好呢|给你起个什么名字呢]？”{a}说，“[我就叫你{pet}吧|你就叫{pet}吧]！”小{c}{kind}又{says}，[它喜欢这个名字|好像在说好]。',
      '晚上，{pet}[睡在床边|睡在{a}的脚边]。从那天起，{a}和{pet}[成了好朋友|去哪里都在一起]。',
    );
  },
  function school(s) {
    const n = s.number(2, 6), m = s.number(2, 6), wrong = s.maybe();
    const [thing, unit] = /** @type {[string, string]} */ (s.pick([['花', '朵'], ['鸟', '只'], ['星星', '颗'], ['球', '个'], ['鱼', '条'], ['书', '本']]));
    return s.tell(
      { a: s.person(), b: s.person(), t: s.person(), thing, unit, n: count(n), m: count(m), sum: count(n + m), off: count(n + m - 1), nn: digit(n), mm: digit(m), ss: digit(n + m) },
      '{t}是老师，{a}和{b}是{t.his}学生。{t}在左边画了{n}{unit}{thing}，在右边画了{m}{unit}{thing}。“一共有几{unit}{thing}？”{t.he}问。',
      wrong ? '“{off}{unit}。”{a}说。[{t}说：“再数一次。”|“不对。”{t}说。]“{sum}{unit}。”{b}说，“{nn}加{mm}等于{ss}。”'
        : '“{sum}{unit}。”{a}说，“{nn}加{mm}等于{ss}。”{b}[一{unit}一{unit}地数|用手数了数]，也是{sum}{unit}。',
      wrong ? '“[对了|很好]，{b}！”{t}说。{a}又数了一次{thing}，[果然|真的]是{sum}{unit}。[两个学生都笑了|{a}明白了]。'
        : '“[对了|很好]，{a}！”{t}说，“[你们两个都很快|你们可以去玩了]。”{a}和{b}[高兴地跑出去玩|都很高兴]。',
    );
  },
  function soup(s) {
    const salty = s.maybe(), n = s.number(8, 12);
    return s.tell(
      { a: s.person(), b: s.person(), f: s.pick(SOUPS_ZH), n: digit(n), day: s.pick(DAYS_ZH) },
      '每个{day}，厨师{a}都要做{f}汤。{a.he}先[把{f}洗干净|拿来{f}]，再[切成小块|切好]，放进[热水|开水]里，煮了{n}分钟。',
      salty ? '然后{a.he}放了盐。{b}尝了一口，说：“这{f}汤太咸了！”{a}[马上|只好]多加了一些水。' : '可是{a.he}忘了放盐。{b}尝了一口，说：“这{f}汤没有味道！”{a}马上加了一点盐。',
      '{b}又尝了一口，说：“[现在正好|这次很好喝]。”[客人把{f}汤都喝完了|不一会儿，{f}汤就没有了]。“[还有{f}汤吗|可以再来一点{f}汤吗]？”[客人|大家]问。',
    );
  },
  function checkIn(s) {
    const n = s.number(2, 6), k = s.number(2, 9);
    return s.tell(
      { a: s.person(), b: s.person(), n: count(n), k: digit(k), view: s.pick(['大海', '公园', '小河', '高山']) },
      '“[晚上|早上]好！”{a}说，“我要一个房间，住{n}天。”“[欢迎来我们的旅馆|欢迎您]！”{b}[笑着|]说。',
      '“{n}天的话，{k}号房间很好。[从窗户可以看见{view}|窗户外面就是{view}]。”“我[最|很]喜欢看{view}，”{a}说，“[就住|我要]{k}号房间。”',
      '{b}把{k}号房间的钥匙给了{a.him}。“[七|八]点吃早饭。”{b}说。{a}在{k}号房间睡得[很好|很香]。',
      '{n}天以后，{a}要走了。{a.he}说：“[我会想{view}的|下次我还要来看{view}]。”{b}[收回{k}号房间的钥匙|拿回了钥匙]，说：“[再见|欢迎您再来]！”',
    );
  },
  function opposites(s) {
    const [x, y] = /** @type {[string, string]} */ (s.pick(OPPOSITES_ZH));
    const [u, v] = /** @type {[string, string]} */ (s.pick(OPPOSITES_ZH));
    return s.tell(
      { a: s.person(), b: s.person(), x, y, u, v, c: s.pick(COLOURS_ZH), d: s.pick(COLOURS_ZH), o: s.pick(['书包', '衣服', '帽子', '自行车']) },
      '{a}和{b}是[好朋友|邻居]，可是两个人[很不一样|一点也不像]。{a}{x}，{b}{y}。{a}{u}，{b}{v}。',
      '{a}的{o}是{c}的，{b}的{o}是{d}的。[老师|有人]问：“你们谁{y}？”“{b}{y}，”{a}说，“我{x}。”',
      '[又有人|妈妈]问：“那么谁{u}？”“{a}{u}，”{b}说，“我{v}。”',
      '[两个人不一样，可是都喜欢对方|大家听了都笑了]。[看见{c}{o}和{d}{o}在一起，那就是{a}和{b}来了|两个人每天都一起玩]。',
    );
  },
  function gift(s) {
    const [o, m] = /** @type {[string, string]} */ (s.pick([['围巾', '条'], ['帽子', '顶'], ['衣服', '件'], ['手套', '双'], ['包', '个']]));
    return s.tell(
      { a: s.person(), b: s.person(), c: s.pick(COLOURS_ZH), d: s.pick(COLOURS_ZH), o, m, day: s.pick(DAYS_ZH) },
      '[下个|这个]{day}是{b}的生日。{a}想给{b.him}做一{m}{o}。[{b}喜欢{c}色，不喜欢{d}色|{b}不喜欢{d}色，只喜欢{c}色]。',
      '所以{a}买了{c}布，[每天晚上都做|做了好几天]，[终于|最后]把{o}做好了。',
      '{day}到了，{a}把{o}放进一个盒子里，送给{b}。{b}打开盒子，[高兴地|大声]说：“[是一{m}{c}{o}|{c}色的{o}]！[你怎么知道我喜欢{c}色|真好看，谢谢你，{a}]！”',
      '[{b}一天都不想放下这{m}{o}|{b}给大家看这{m}{o}|{a}看见{b}这么高兴，也很高兴]。',
    );
  },
  function train(s) {
    const late = s.maybe(), n = s.number(7, 11);
    return s.tell(
      { a: s.person(), b: s.person(), n: digit(n), next: digit(n + 1), town: s.pick(['北京', '上海', '南京', '西安']), who: s.pick(['奶奶', '姐姐', '哥哥', '妹妹']) },
      '{a}要去{town}看{who}。去{town}的火车{n}点开。',
      late ? '{a}[睡得太晚|忘了时间]，[起床也晚了|起晚了]。{a.he}跑到车站的时候，火车[已经开走了|不在了]。' : '{a}[睡得很早，起得也很早|很早就起床了]。{a.he}到车站的时候，火车还没有开。',
      late ? '“下一班去{town}的火车几点开？”{a.he}问{b}。“{next}点，”{b}说，“你要等一个小时。”{a}只好[等|坐下来等]，坐上了{next}点的火车。'
        : '“这是去{town}的火车吗？”{a.he}问{b}。“是的，”{b}说，“{n}点开。”{a}上了车，[坐在窗户旁边|找到了座位]。{n}点，火车开了。',
      late ? '到了{town}，{who}问：“你怎么来晚了？”“[因为我起晚了|我没有坐上{n}点的火车]。”{a}说。' : '到了{town}，{who}[正在|已经在]车站等{a.him}。“你来得正是时候！”{who}说。',
    );
  },
  function trade(s) {
    return s.tell(
      { a: s.person(), b: s.person(), one: s.pick(FRUIT_ZH), other: s.pick(FRUIT_ZH), n: count(s.number(2, 6)), place: s.pick(['河边', '路上', '市场']) },
      '{a}有很多{one}，没有{other}。{b}有很多{other}，没有{one}。[一天|有一天]，两个人在{place}遇见了。',
      '“我想要{n}个{other}。”{a}说。“我想要{n}个{one}。”{b}说，“[我们换吧！|我们换一换，好吗？]”',
      '{a}给了{b.him}{n}个{one}，{b}给了{a.him}{n}个{other}。[两个人都很高兴|这样很公平]。',
      '晚上，[{a}吃了{other}，{b}吃了{one}|{a}吃着{other}，{b}吃着{one}]。[从那以后，{a}有了{one}就送给{b}一些|“明天再换吧！”{b}想]。',
    );
  },
  function repair(s) {
    const [o, bad, tool, good] = /** @type {[string, string, string, string]} */ (s.pick(BROKEN_ZH));
    return s.tell(
      { a: s.person(), b: s.person(), o, bad, tool, good, n: digit(s.number(2, 9)) },
      '{n}号房间的{a}来找{b}。“我房间的{o}{bad}，”{a.he}说，“[你能帮我吗|能修好吗]？”“当然可以。”{b}说。',
      '{b}[来到|走进]{n}号房间，看了看{o}，说：“[我明白了|我知道了]，我要去拿{tool}。”',
      '[过了十分钟|不一会儿]，{b.he}拿着{tool}回来了。[{b}修了一个小时|{b}修得很快]，{good}。',
      '“{o}修好了。”{b}说。[“谢谢你，{b}！”{n}号房间的{a}高兴地说|{a}谢了{b.him}，回到{n}号房间]。',
    );
  },
  function letter(s) {
    const visit = s.maybe();
    const [p, see] = /** @type {[string, string]} */ (s.pick(HOMES_ZH));
    return s.tell(
      { a: s.person(), b: s.person(), day: s.pick(DAYS_ZH), p, see },
      '{a}住在{p}。[一天|上个月]，{a.he}给{b}写了一封信：“{b}，{day}来我家玩吧！[我要给你看这里的{see}|这里的{see}很好看]。”',
      '{b}[高兴地看了两次信|早饭的时候看了信]，说：“[太好了|真好]，{a}要给我看{see}！”',
      visit ? '{day}，{b}[坐车|一早就]去了{p}。两个人看了{see}，[一直说话到晚上|说了很多话]。“[我喜欢这里的{see}|谢谢你的信]。”{b}说。{a}也很高兴。'
        : '可是{day}{b}病了，要在床上休息。{b.he}给{a}写信说：“[我病了，{day}不能来|真对不起，{day}我来不了]。下次再去看{see}吧。”{a}给{b.him}送来一张{see}的画。',
    );
  },
  function race(s) {
    const [fast, slow] = /** @type {[string, string]} */ (s.pick([['马', '牛'], ['狗', '鸡'], ['猫', '鸭子'], ['兔子', '乌龟'], ['老鼠', '乌龟'], ['兔子', '鸭子']]));
    const sleeps = s.maybe();
    return s.tell(
      { fast, slow, goal: s.pick(['大树', '小桥', '河边', '红房子', '山上', '学校']) },
      '{fast}和{slow}想知道谁跑得快。“我们跑到{goal}吧！”{fast}说。“[好，我试试|好吧]。”{slow}说。',
      '{fast}跑得快，{slow}跑得慢。[不一会儿，{fast}就跑远了|{slow}很快就在后面了]。',
      sleeps ? '“我有的是时间。”{fast}想，就[在树下|在草地上]睡着了。{slow}没有休息，一直走，走过了{fast}，先到了{goal}。'
        : '{fast}没有休息，一直跑，先到了{goal}。{fast}坐下来等{slow}。过了很久，{slow}也到了{goal}。',
      sleeps ? '“[你去哪里了|你睡得好吗]？”{slow}问。{fast}[没有说话|脸红了]。[半路睡觉的，得不到第一|这一天，慢的比快的先到]。'
        : '“[你真快|你是第一]！”{slow}说，“[可是我也走到了|我没有停下来]。”{fast}笑了，[把水分给{slow}喝|和{slow}一起吃午饭]。',
    );
  },
  function hide(s) {
    return s.tell(
      { a: s.person(), b: s.person(), x: s.pick(SPOTS_ZH), y: s.pick(SPOTS_ZH), n: digit(s.number(5, 12)), p: s.pick(ROOMS_ZH), sound: s.pick(['笑声', '响声', '说话声']) },
      '{a}和{b}在{p}玩捉迷藏。{b}闭上眼睛，数到{n}。{a}藏在{x}。',
      '数到{n}以后，{b}说：“[我来找你了|我来了]！”{b.he}先看了看{y}，{a}不在那里。',
      '这时，{b}听见一点{sound}。[“是什么声音？”{b.he}想|{sound}是从{x}来的]。{b.he}走到{x}一看，{a}就在那里！',
      '“[找到你了|我看见你了]，{a}！”{b}说，“[我听见了你的{sound}|你的{sound}太大了]。”[现在，{a}要闭上眼睛，数到{n}|现在是{a}数到{n}，{b}去藏了]。',
    );
  },
  function garden(s) {
    const watered = s.maybe();
    return s.tell(
      { a: s.person(), c: s.pick(['红', '蓝', '黄', '白']), month: s.pick(['三月', '四月', '五月']), who: s.pick(['妈妈', '爸爸', '奶奶', '老师']), p: s.pick(['花园里', '院子里', '窗户旁边']) },
      '{month}，{a}在{p}种了一朵花。{a.he}想：[要是开{c}花就好了|最好是一朵{c}花]。',
      watered ? '{a}每天[早上|晚上]都给花浇水。[过了几个星期|不久]，长出了一片绿叶，又长出一片，最后开花了，是{c}的！'
        : '可是{a}[忘了浇水|没有给花浇水]。过了几个星期，土很干，花快要死了。{a}连忙浇水，以后每天都浇，花又慢慢地长好了。',
      watered ? '{a}把{c}花送给了{who}。“[多好看的{c}花|我最喜欢{c}花]！”{who}说。[第二天，{a}又在{p}种了一朵花|从那以后，{p}总是有花]。'
        : '最后，真的开出了{c}花。“[花每天都要喝水|不要忘了给花浇水]。”{who}说。“[现在我知道了|我明白了]。”{a}看着{c}花说。',
    );
  },
  function riddle(s) {
    const [answer, text] = /** @type {[string, string]} */ (s.pick(RIDDLES_ZH));
    const [wrong] = /** @type {[string, string]} */ (s.pick(RIDDLES_ZH));
    return s.tell(
      { a: s.person(), b: s.person(), answer, text, wrong, p: s.pick(['车上', '大厅里', '花园里', '树下', '河边', '院子里']) },
      '{a}和{b}坐在{p}。“[我想了一种动物|你来猜一种动物]，”{a}说，“{text}。[它是什么|你知道吗]？”',
      '“是{wrong}吗？”{b}问。“不对，不是{wrong}，”{a}说，“[再想想|你再猜]。”{b}[想了一会儿|看了看天]，说：“[那就是{answer}|一定是{answer}]！”',
      '“[对了|猜对了]，是{answer}！”{a}说。[现在是{b}想，{a}猜了。|“现在你来想，我来猜。”]',
    );
  },
  function breakfast(s) {
    const drinks = ['茶', '牛奶', '豆浆', '咖啡'], foods = ['面条', '包子', '鸡蛋', '米饭', '饼'];
    const [x, y, f] = [s.pick(drinks), s.pick(drinks), s.pick(foods)];
    return s.tell(
      { a: s.person(), b: s.person(), x, y, f, n: digit(s.number(2, 9)) },
      '{n}号房间的{a}来吃早饭。“[我要|请给我]一杯{x}和一份{f}。”{a.he}对{b}说。',
      '[不一会儿|过了几分钟]，{b}送来了{y}和{f}。“对不起，我要的是{x}，不是{y}。”{a}说。“[是我错了|我马上去换]，”{b}说，“[您的{x}给了别人|您的{x}马上就来]。”',
      '{b}拿走了{y}，又送来一大杯{x}。{a}喝着{x}，吃着{f}，说：“[真好吃|这样就对了]！”',
      '第二天早上，{b}[笑着问|问]：“还是{x}和{f}吗？”[{a}也笑了。|“对，谢谢你！”{a}说。]',
    );
  },
];

/** Spaces between sentences go, and no full stop follows a closed quotation. @param {string} text */
function tidyChinese(text) {
  return text.replace(/ /g, '').replace(/([。？！]”)。/g, '$1');
}

// ---- both ----

/** @param {{ stories: ((s: Story) => string)[], people: Person[], tidy: (text: string) => string, seed: number }} language */
function corpus({ stories, people, tidy, seed }) {
  const random = generator(seed);
  const seen = new Set();
  let bytes = 0;
  for (let i = 0; bytes < TARGET_BYTES; i++) {
    // Round by round, every story once, so that none is rare.
    const tell = /** @type {(s: Story) => string} */ (stories[i % stories.length]);
    const text = tidy(tell(new Story(random, people)));
    if (seen.has(text)) continue;
    seen.add(text);
    bytes += Buffer.byteLength(text) + 2;
  }
  return shuffle([...seen], random).join('\n\n') + '\n';
}

/** @template T @param {T[]} list @param {() => number} random */
function shuffle(list, random) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [/** @type {T} */ (list[j]), /** @type {T} */ (list[i])];
  }
  return list;
}

/** Both texts. */
export function corpora() {
  return {
    en: corpus({ stories: ENGLISH, people: PEOPLE, tidy: tidyEnglish, seed: 1 }),
    zh: corpus({ stories: CHINESE, people: PEOPLE_ZH, tidy: tidyChinese, seed: 2 }),
  };
}

if (isEntry(import.meta.url)) {
  await main(async () => {
    for (const [language, text] of Object.entries(corpora())) {
      const file = join(ROOT, 'envs', 'data', `corpus_${language}.txt`);
      writeFileSync(file, text);
      say(`${file}: ${Buffer.byteLength(text)} bytes`);
    }
  });
}
