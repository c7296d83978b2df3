/* The networks for HTML, from measures and places to chances: cleaner.model.html_network.HtmlNetwork.score, and Seen. */
#include "network.h"

#include <math.h>

enum { MOST_STEPS = 8, BLOCK = 48, MOST_KINDS = 64, UPS = 3, TIMES = UPS + 5 };

/* A few networks of one make: each array holds that of the first, of the second, and so on. */
typedef struct {
    int count, columns, width, pad, narrow, narrow_pad, kinds, kinds_pad, word, near, steps;
    Py_ssize_t buckets;
    float limit, far;
    const float *low, *high, *page_mean, *page_std; /* the same for all of them */
    const float *words;                             /* a row for each word: the numbers of each network */
    const float *enter, *enter_bias, *enter_words, *page, *page_bias, *pool, *pool_bias, *kind, *kind_bias, *kind_in, *kind_in_bias;
    const float *down[2], *down_bias[2], *around[2], *around_bias[2], *leave, *leave_bias;
    Step step[MOST_STEPS];
} HtmlNet;

/* cleaner.model.places.Places: a row for each measure, three rows for the elements around lines. */
typedef struct {
    const float *x, *weight;
    const int64_t *bag, *first_word, *runs, *first, *end, *group;
    Py_ssize_t lines, words;
} HtmlPage;

static const float *floats(Buffers *held, PyObject *array, Py_ssize_t items)
{
    return take_buffer(held, array, items, sizeof(float), 0);
}

/* How many floats the array taken last holds. */
static Py_ssize_t taken(const Buffers *held)
{
    return held->views[held->count - 1].len / (Py_ssize_t)sizeof(float);
}

/* Read HtmlNetwork's tuple: numbers, arrays that all networks share, arrays with a part for each, steps. */
static int read_net(PyObject *tuple, HtmlNet *w, Buffers *held)
{
    PyObject *a[5], *b[21], *steps;
    if (!PyArg_ParseTuple(tuple, "iiiiff(OOOOO)(OOOOOOOOOOOOOOOOOOOOO)O!:network", &w->width, &w->narrow, &w->kinds, &w->near,
                          &w->limit, &w->far, &a[0], &a[1], &a[2], &a[3], &a[4], &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6],
                          &b[7], &b[8], &b[9], &b[10], &b[11], &b[12], &b[13], &b[14], &b[15], &b[16], &b[17], &b[18], &b[19],
                          &b[20], &PyTuple_Type, &steps))
        return -1;
    if (w->width < 1 || w->width > 4096 || w->narrow < 1 || w->narrow > 4096 || w->kinds < 1 || w->kinds > MOST_KINDS || w->near < 1 ||
        w->near > 1 << 20 || PyTuple_GET_SIZE(steps) > MOST_STEPS)
        goto wrong;
    w->steps = (int)PyTuple_GET_SIZE(steps);
    w->pad = PADDED(w->width);
    w->narrow_pad = PADDED(w->narrow);
    w->kinds_pad = PADDED(w->kinds);
    if (!(w->leave_bias = floats(held, b[20], -1)))
        return -1;
    const Py_ssize_t count = taken(held);
    if (count < 1 || count > 64)
        goto wrong;
    if (!(w->low = floats(held, a[0], -1)))
        return -1;
    const Py_ssize_t columns = taken(held);
    const Py_ssize_t width = w->width, pad = w->pad, narrow = w->narrow, all = count * pad, part = count * w->narrow_pad;
    if (columns < 1 || columns > 1 << 16)
        goto wrong;
    if (!(w->enter_words = floats(held, b[2], -1)))
        return -1;
    const Py_ssize_t word = taken(held) / all;
    if (word < 1 || word > 4096 || taken(held) % all)
        goto wrong;
    if (!(w->words = take_buffer(held, a[4], -1, (size_t)(count * word) * sizeof(float), 0)))
        return -1;
    w->buckets = taken(held) / (count * word);
    if (!(w->high = floats(held, a[1], columns)) || !(w->page_mean = floats(held, a[2], columns)) ||
        !(w->page_std = floats(held, a[3], columns)) || !(w->enter = floats(held, b[0], columns * all)) ||
        !(w->enter_bias = floats(held, b[1], all)) || !(w->page = floats(held, b[3], columns * all)) ||
        !(w->page_bias = floats(held, b[4], all)) || !(w->pool = floats(held, b[5], 2 * width * all)) ||
        !(w->pool_bias = floats(held, b[6], all)) || !(w->kind = floats(held, b[7], count * 2 * width * w->kinds_pad)) ||
        !(w->kind_bias = floats(held, b[8], count * w->kinds_pad)) || !(w->kind_in = floats(held, b[9], w->kinds * all)) ||
        !(w->kind_in_bias = floats(held, b[10], all)) || !(w->leave = floats(held, b[19], 2 * all)))
        return -1;
    for (int i = 0; i < 2; i++)
        if (!(w->down[i] = floats(held, b[11 + 4 * i], width * part)) || !(w->down_bias[i] = floats(held, b[12 + 4 * i], part)) ||
            !(w->around[i] = floats(held, b[13 + 4 * i], TIMES * narrow * all)) || !(w->around_bias[i] = floats(held, b[14 + 4 * i], all)))
            return -1;
    for (int i = 0; i < w->steps; i++)
        if (read_step(PyTuple_GET_ITEM(steps, i), count, w->width, w->pad, &w->step[i], held) < 0)
            return -1;
    w->count = (int)count;
    w->columns = (int)columns;
    w->word = (int)word;
    return 0;
wrong:
    PyErr_SetString(PyExc_ValueError, "weights of another make");
    return -1;
}

ALWAYS_INLINE void keep_positive(float *numbers, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        numbers[i] = numbers[i] > 0 ? numbers[i] : 0;
}

ALWAYS_INLINE void add_positive(float *to, const float *z, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        to[i] += z[i] > 0 ? z[i] : 0;
}

ALWAYS_INLINE float between(float number, float low, float high)
{
    return number < low ? low : number > high ? high : number;
}

/* A row of measures times the lines' shares. In eight sums: the compiler may not part one sum by itself. */
ALWAYS_INLINE float times_shares(const float *row, const float *share, Py_ssize_t n)
{
    float sums[PAD] = {0}, sum = 0;
    Py_ssize_t i = 0;
    for (; i + PAD <= n; i += PAD)
        for (int j = 0; j < PAD; j++)
            sums[j] += row[i + j] * share[i + j];
    for (; i < n; i++)
        sum += row[i] * share[i];
    for (int j = 0; j < PAD; j++)
        sum += sums[j];
    return sum;
}

/* What the words of a line say: the sum of their numbers, less of it the more words there are. */
ALWAYS_INLINE void say_words(const float *words, int size, const int64_t *bag, int64_t runs, float *out)
{
    const float part = 1 / sqrtf((float)runs + 1);
    int j = 0;
    for (; j + PAD <= size; j += PAD) {
        float sum[PAD] = {0};
        for (int64_t i = 0; i < runs; i++)
            for (int k = 0; k < PAD; k++)
                sum[k] += words[bag[i] * size + j + k];
        for (int k = 0; k < PAD; k++)
            out[j + k] = sum[k] * part;
    }
    for (; j < size; j++) {
        float sum = 0;
        for (int64_t i = 0; i < runs; i++)
            sum += words[bag[i] * size + j];
        out[j] = sum * part;
    }
}

/* The memory that a page needs, each piece by itself so that tools see where one is overrun. */
enum { SHARE, PAGE, PACKED, BIAS, ABOUT, BLOCKS, SAID, FIRST, ONE, OTHER, NARROW, SUMS, MEANS, SIZES, SEEN, Z, STEP, VIEW, LOGIT, PIECES };
typedef struct {
    float *piece[PIECES];
    int *used;
} Room;

static int make_room(const HtmlNet *w, Py_ssize_t lines, int reach, Room *room)
{
    const size_t n = (size_t)lines, count = (size_t)w->count, pad = (size_t)w->pad, narrow = (size_t)w->narrow_pad;
    const size_t wide = (n + 2 * (size_t)reach) * pad;
    const size_t sizes[PIECES] = {
        [SHARE] = n, [PAGE] = (size_t)w->columns, [PACKED] = count * (size_t)w->columns * pad, [BIAS] = count * pad,
        [ABOUT] = count * pad, [BLOCKS] = BLOCK * (size_t)w->columns, [SAID] = BLOCK * count * (size_t)w->word,
        [FIRST] = count * n * pad, [ONE] = wide, [OTHER] = wide, [NARROW] = n * narrow, [SUMS] = (n + 1) * narrow,
        [MEANS] = n * narrow, [SIZES] = n, [SEEN] = BLOCK * TIMES * (size_t)w->narrow, [Z] = BLOCK * pad, [STEP] = (size_t)step_room(w->pad),
        [VIEW] = 4 * pad + 2 * (size_t)w->kinds_pad, [LOGIT] = n,
    };
    int failed = !(room->used = PyMem_RawMalloc((size_t)w->columns * sizeof(int)));
    for (int i = 0; i < PIECES; i++)
        failed |= !(room->piece[i] = PyMem_RawCalloc(sizes[i], sizeof(float)));
    return failed ? -1 : 0;
}

static void clear_room(Room *room)
{
    for (int i = 0; i < PIECES; i++)
        PyMem_RawFree(room->piece[i]);
    PyMem_RawFree(room->used);
}

/* The first layer of all networks, to FIRST; what the page is like, to ABOUT. Of a page's measures half are the same in all
 * its lines: they go into the bias. */
ALWAYS_INLINE void html_enter_body(const HtmlNet *w, const HtmlPage *p, const Room *room)
{
    const Py_ssize_t n = p->lines;
    const int pad = w->pad, columns = w->columns, said_size = w->count * w->word;
    float *share = room->piece[SHARE], *page = room->piece[PAGE], *packed = room->piece[PACKED], *bias = room->piece[BIAS];
    float *about = room->piece[ABOUT], *block = room->piece[BLOCKS], *said = room->piece[SAID];
    int *used = room->used, count = 0;
    double total = 0;
    for (Py_ssize_t i = 0; i < n; i++)
        total += p->weight[i];
    for (Py_ssize_t i = 0; i < n; i++)
        share[i] = p->weight[i] / (float)total;
    memcpy(bias, w->enter_bias, (size_t)w->count * pad * sizeof(float));
    for (int c = 0; c < columns; c++) {
        const float *row = p->x + c * n;
        Py_ssize_t i = 1;
        while (i < n && row[i] == row[0])
            i++;
        const float mean = i == n ? row[0] : times_shares(row, share, n);
        page[c] = between((mean - w->page_mean[c]) / w->page_std[c], -w->far, w->far);
        if (i < n)
            used[count++] = c;
        else
            for (int k = 0; k < w->count; k++) {
                const float *weights = w->enter + ((Py_ssize_t)k * columns + c) * pad, number = between(mean, w->low[c], w->high[c]);
                for (int j = 0; j < pad; j++)
                    bias[k * pad + j] += number * weights[j];
            }
    }
    for (int k = 0; k < w->count; k++) {
        const Part part = {page, columns, columns, w->page + (Py_ssize_t)k * columns * pad};
        dense(&part, 1, 1, w->page_bias + k * pad, pad, about + k * pad);
        for (int j = 0; j < pad; j++)
            bias[k * pad + j] += about[k * pad + j];
        for (int u = 0; u < count; u++)
            memcpy(packed + ((Py_ssize_t)k * count + u) * pad, w->enter + ((Py_ssize_t)k * columns + used[u]) * pad, pad * sizeof(float));
    }
    for (Py_ssize_t i = 0; i < n; i += BLOCK) {
        const Py_ssize_t lines = n - i < BLOCK ? n - i : BLOCK;
        for (int u = 0; u < count; u++) {
            const float *row = p->x + used[u] * n + i, low = w->low[used[u]], high = w->high[used[u]];
            for (Py_ssize_t l = 0; l < lines; l++)
                block[l * count + u] = between(row[l], low, high);
        }
        for (Py_ssize_t l = 0; l < lines; l++)
            say_words(w->words, said_size, p->bag + p->first_word[i + l], p->runs[i + l], said + l * said_size);
        for (int k = 0; k < w->count; k++) {
            float *to = room->piece[FIRST] + (k * n + i) * pad;
            const Part parts[2] = {{block, count, count, packed + (Py_ssize_t)k * count * pad},
                                   {said + k * w->word, said_size, w->word, w->enter_words + (Py_ssize_t)k * w->word * pad}};
            dense(parts, 2, lines, bias + k * pad, pad, to);
            keep_positive(to, lines * pad);
        }
    }
}
BY_PROCESSOR(void, html_enter, (const HtmlNet *w, const HtmlPage *p, const Room *room), (w, p, room))

/* What a network says of the page as a whole, to the beginning of VIEW: what type of page it is, among others. */
ALWAYS_INLINE void view_page(const HtmlNet *w, const HtmlPage *p, const Room *room, int k)
{
    const Py_ssize_t n = p->lines;
    const int pad = w->pad, width = w->width;
    const float *share = room->piece[SHARE], *about = room->piece[ABOUT] + k * pad, *h = room->piece[FIRST] + k * n * pad;
    float *view = room->piece[VIEW], *mean = view + pad, *shares = mean + pad, *bias = shares + pad, *kind = bias + pad;
    memset(mean, 0, 2 * (size_t)pad * sizeof(float));
    for (Py_ssize_t i = 0; i < n; i++)
        for (int j = 0; j < pad; j++) {
            mean[j] += h[i * pad + j];
            shares[j] += h[i * pad + j] * share[i];
        }
    for (int j = 0; j < pad; j++) {
        mean[j] /= (float)n;
        bias[j] = w->pool_bias[k * pad + j] + about[j];
    }
    const float *pool = w->pool + 2 * (Py_ssize_t)k * width * pad, *kinds = w->kind + 2 * (Py_ssize_t)k * width * w->kinds_pad;
    const Part pooled[2] = {{mean, pad, width, pool}, {shares, pad, width, pool + (Py_ssize_t)width * pad}};
    dense(pooled, 2, 1, bias, pad, view);
    keep_positive(view, pad);
    const Part parts[2] = {{view, pad, width, kinds}, {about, pad, width, kinds + (Py_ssize_t)width * w->kinds_pad}};
    dense(parts, 2, 1, w->kind_bias + k * w->kinds_pad, w->kinds_pad, kind);
    float most = kind[0], sum = 0;
    for (int j = 1; j < w->kinds; j++)
        most = kind[j] > most ? kind[j] : most;
    for (int j = 0; j < w->kinds; j++)
        sum += kind[j] = expf(kind[j] - most);
    for (int j = 0; j < w->kinds; j++)
        kind[j] /= sum;
    const Part in = {kind, w->kinds, w->kinds, w->kind_in + (Py_ssize_t)k * w->kinds * pad};
    dense(&in, 1, 1, w->kind_in_bias + k * pad, pad, mean);
    for (int j = 0; j < pad; j++)
        view[j] += mean[j];
}

/* The mean over some lines, from the sums up to each. */
ALWAYS_INLINE void mean_of(const float *sums, int64_t first, int64_t end, int width, int pad, float *out)
{
    const float *from = sums + first * pad, *to = sums + end * pad, size = end > first + 1 ? 1 / (float)(end - first) : 1;
    for (int j = 0; j < width; j++)
        out[j] = (to[j] - from[j]) * size;
}

/* Add to each line in `now` what it sees of the page: Seen.of. */
ALWAYS_INLINE void see(const HtmlNet *w, const HtmlPage *p, const Room *room, int k, int round, float *now)
{
    const Py_ssize_t n = p->lines;
    const int pad = w->pad, width = w->width, narrow = w->narrow, narrow_pad = w->narrow_pad, seen_size = TIMES * narrow;
    float *h = room->piece[NARROW], *sums = room->piece[SUMS], *means = room->piece[MEANS], *seen = room->piece[SEEN];
    float *z = room->piece[Z];
    const float *sizes = room->piece[SIZES];
    const Part down = {now, pad, width, w->down[round] + (Py_ssize_t)k * width * narrow_pad};
    dense(&down, 1, n, w->down_bias[round] + k * narrow_pad, narrow_pad, h);
    keep_positive(h, n * narrow_pad);
    memset(means, 0, (size_t)n * narrow_pad * sizeof(float));
    for (Py_ssize_t i = 0; i < n; i++) {
        float *mean = means + p->group[i] * narrow_pad, *sum = sums + i * narrow_pad;
        for (int j = 0; j < narrow_pad; j++) {
            mean[j] += h[i * narrow_pad + j];
            sum[narrow_pad + j] = sum[j] + h[i * narrow_pad + j];
        }
    }
    for (Py_ssize_t g = 0; g < n; g++)
        for (int j = 0; j < narrow_pad; j++)
            means[g * narrow_pad + j] *= sizes[g];
    for (Py_ssize_t i = 0; i < n; i += BLOCK) {
        const Py_ssize_t lines = n - i < BLOCK ? n - i : BLOCK;
        for (Py_ssize_t l = i; l < i + lines; l++) {
            float *out = seen + (l - i) * seen_size;
            for (int up = 0; up < UPS; up++, out += narrow)
                mean_of(sums, p->first[up * n + l], p->end[up * n + l], narrow, narrow_pad, out);
            mean_of(sums, 0, l, narrow, narrow_pad, out);
            mean_of(sums, l + 1, n, narrow, narrow_pad, out + narrow);
            mean_of(sums, l > w->near ? l - w->near : 0, l, narrow, narrow_pad, out + 2 * narrow);
            mean_of(sums, l + 1, l + 1 + w->near < n ? l + 1 + w->near : n, narrow, narrow_pad, out + 3 * narrow);
            memcpy(out + 4 * narrow, means + p->group[l] * narrow_pad, (size_t)narrow * sizeof(float));
        }
        const Part part = {seen, seen_size, seen_size, w->around[round] + (Py_ssize_t)k * seen_size * pad};
        dense(&part, 1, lines, w->around_bias[round] + k * pad, pad, z);
        add_positive(now + i * pad, z, lines * pad);
    }
}

/* The other layers of network `k`, added to LOGIT. */
ALWAYS_INLINE void html_forward_body(const HtmlNet *w, const HtmlPage *p, const Room *room, int k, int reach)
{
    const Py_ssize_t n = p->lines, margin = (Py_ssize_t)reach * w->pad;
    const int pad = w->pad, width = w->width;
    const float *h = room->piece[FIRST] + k * n * pad, *view = room->piece[VIEW], *leave = w->leave + 2 * k * pad;
    float *now = room->piece[ONE] + margin;
    view_page(w, p, room, k);
    for (Py_ssize_t i = 0; i < n; i++)
        for (int j = 0; j < pad; j++)
            now[i * pad + j] = h[i * pad + j] + view[j];
    see(w, p, room, k, 0, now);
    for (int s = 0; s < w->steps; s++) {
        float *next = room->piece[s % 2 ? ONE : OTHER] + margin;
        const Step step = step_of(&w->step[s], k, width, pad);
        take_step(&step, width, pad, now, n, room->piece[STEP], next);
        now = next;
    }
    see(w, p, room, k, 1, now);
    for (Py_ssize_t i = 0; i < n; i++) {
        float sums[PAD] = {0}, logit = w->leave_bias[k];
        for (int j = 0; j < pad; j += PAD)
            for (int l = 0; l < PAD; l++)
                sums[l] += leave[j + l] * now[i * pad + j + l] + leave[pad + j + l] * h[i * pad + j + l];
        for (int l = 0; l < PAD; l++)
            logit += sums[l];
        room->piece[LOGIT][i] += logit;
    }
}
BY_PROCESSOR(void, html_forward, (const HtmlNet *w, const HtmlPage *p, const Room *room, int k, int reach), (w, p, room, k, reach))

static int score(const HtmlNet *w, const HtmlPage *p, float *out)
{
    const Py_ssize_t n = p->lines;
    int reach = 0;
    for (int s = 0; s < w->steps; s++)
        reach = w->step[s].off > reach ? w->step[s].off : reach;
    Room room;
    const int failed = make_room(w, n, reach, &room);
    if (!failed) {
        float *size = room.piece[SIZES];
        for (Py_ssize_t i = 0; i < n; i++)
            size[p->group[i]]++;
        for (Py_ssize_t i = 0; i < n; i++)
            size[i] = 1 / (size[i] > 1 ? size[i] : 1);
        html_enter(w, p, &room);
        for (int k = 0; k < w->count; k++)
            html_forward(w, p, &room, k, reach);
        for (Py_ssize_t i = 0; i < n; i++)
            out[i] = 1 / (1 + expf(-between(room.piece[LOGIT][i] / (float)w->count, -w->limit, w->limit)));
    }
    clear_room(&room);
    return failed;
}

/* Whether all that the page points to is there. */
static int check_page(const HtmlNet *w, const HtmlPage *p)
{
    const uint64_t n = (uint64_t)p->lines;
    for (Py_ssize_t i = 0; i < p->lines; i++)
        if ((uint64_t)p->group[i] >= n) {
            PyErr_SetString(PyExc_ValueError, "a line in a group that is not there");
            return -1;
        }
    for (Py_ssize_t i = 0; i < UPS * p->lines; i++)
        if ((uint64_t)p->first[i] > n || (uint64_t)p->end[i] > n) {
            PyErr_SetString(PyExc_ValueError, "an element with lines that are not there");
            return -1;
        }
    return check_words(p->lines, p->first_word, p->runs, p->words, p->bag, w->buckets);
}

/* html_score(network, measures, weight, bag, first word, runs, first, end, group) -> bytearray of chances. */
PyObject *native_html_score(PyObject *module, PyObject *args)
{
    PyObject *net, *x, *weight, *bag, *first_word, *runs, *first, *end, *group, *scores = NULL;
    int failed = 0;
    Buffers held = {.count = 0};
    HtmlNet w;
    HtmlPage p = {0};
    if (!PyArg_ParseTuple(args, "O!OOOOOOOO", &PyTuple_Type, &net, &x, &weight, &bag, &first_word, &runs, &first, &end, &group))
        return NULL;
    if (read_net(net, &w, &held) < 0 || !(p.weight = floats(&held, weight, -1)))
        goto done;
    const Py_ssize_t n = p.lines = taken(&held);
    if (!(p.x = floats(&held, x, n * w.columns)) || !(p.first_word = take_buffer(&held, first_word, n, sizeof(int64_t), 0)) ||
        !(p.runs = take_buffer(&held, runs, n, sizeof(int64_t), 0)) ||
        !(p.first = take_buffer(&held, first, UPS * n, sizeof(int64_t), 0)) ||
        !(p.end = take_buffer(&held, end, UPS * n, sizeof(int64_t), 0)) || !(p.group = take_buffer(&held, group, n, sizeof(int64_t), 0)) ||
        !(p.bag = take_buffer(&held, bag, -1, sizeof(int64_t), 0)))
        goto done;
    p.words = held.views[held.count - 1].len / (Py_ssize_t)sizeof(int64_t);
    if (check_page(&w, &p) < 0 || !(scores = PyByteArray_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(float))) || !n)
        goto done;
    float *out = (float *)PyByteArray_AS_STRING(scores);
    Py_BEGIN_ALLOW_THREADS
    failed = score(&w, &p, out);
    Py_END_ALLOW_THREADS
done:
    let_go(&held);
    if (failed) {
        Py_CLEAR(scores);
        PyErr_NoMemory();
    }
    return scores;
}
