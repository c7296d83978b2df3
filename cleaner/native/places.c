/* What HTML's markup says of every line of a page, as measures: cleaner.model.places.measure_html. */
#include "network.h"

#include <math.h>

enum { UPS = 6, LEVELS = 5, LEVEL = 7, LINE = 22, PAGE = 8, AROUND = 3, COMMAS = 12, MOST_NAMES = 62, LONGEST_VOTE = 2000 };
static const int LEVEL_UPS[LEVELS] = {0, 1, 2, 3, 5}, AROUND_UPS[AROUND] = {1, 2, 4};
static const double VOTES[LEVELS] = {0.3, 1.0, 0.5, 0.33, 0.25};
#define MOST_LINKED 0.5f
#define SHORTEST_VOTER 25.0f

/* cleaner.markup.columns.Markup, and which of its lines are measured. */
typedef struct {
    const int64_t *where, *element, *linked, *links, *strong, *size;
    const int64_t *parent, *depth, *own, *path, *like, *first, *end;
    Py_ssize_t lines, all_lines, elements;
    int names, kinds, main, article;
    int64_t unseen;
} Given;

/* Memory for the work, by line or by element. */
typedef struct {
    int64_t *up[UPS], *before, *kind, *blanks, *stay, *slot, *group_size; /* of lines */
    int64_t *first, *end, *children;                                   /* of elements */
    double *sums[4], *vote, *votes, *some_votes, *group_chars;
    float *chars, *linked, *placed, *by_element;
    void *memory;
} Room;

static int check_given(const Given *g)
{
    const uint64_t all = (uint64_t)g->all_lines, elements = (uint64_t)g->elements;
    int fine = elements > 0 && g->names > 0 && g->names <= MOST_NAMES && g->parent[0] == 0 && (unsigned)g->main < MOST_NAMES &&
               (unsigned)g->article < MOST_NAMES && g->kinds >= 0 && g->kinds < 1024;
    for (Py_ssize_t i = 0; fine && i < g->lines; i++)
        fine = (uint64_t)g->where[i] < all && (!i || g->where[i] >= g->where[i - 1]);
    for (Py_ssize_t i = 0; fine && i < g->all_lines; i++)
        fine = (uint64_t)g->element[i] < elements;
    for (Py_ssize_t e = 0; fine && e < g->elements; e++)
        fine = (uint64_t)g->first[e] <= all && (uint64_t)g->end[e] <= all && g->first[e] <= g->end[e] &&
               (!e || (uint64_t)g->parent[e] < (uint64_t)e);
    if (!fine)
        PyErr_SetString(PyExc_ValueError, "markup that does not fit together");
    return fine ? 0 : -1;
}

static int make_room(const Given *g, Room *room)
{
    const size_t n = (size_t)g->lines, all = (size_t)g->all_lines, elements = (size_t)g->elements;
    size_t slots = 16;
    while (slots < 2 * n)
        slots *= 2;
    const size_t numbers = (UPS + 4) * n + (all + 1) + slots + 3 * elements;
    const size_t doubles = 4 * (n + 1) + 2 * n + 2 * elements, floats = (2 + PLACED) * n + LEVEL * elements;
    if (!(room->memory = PyMem_RawCalloc(numbers + doubles + floats, 8))) {
        PyErr_NoMemory();
        return -1;
    }
    int64_t *at = room->memory;
    for (int up = 0; up < UPS; up++, at += n)
        room->up[up] = at;
    room->kind = at;
    room->blanks = at += n;
    room->stay = at += n;
    room->group_size = at += n;
    room->before = at += n;
    room->slot = at += all + 1;
    room->first = at += slots;
    room->end = at += elements;
    room->children = at += elements;
    double *d = (double *)(void *)(at + elements);
    for (int i = 0; i < 4; i++, d += n + 1)
        room->sums[i] = d;
    room->vote = d;
    room->group_chars = d += n;
    room->votes = d += n;
    room->some_votes = d += elements;
    float *f = (float *)(void *)(d + elements);
    room->chars = f;
    room->linked = f += n;
    room->placed = f += n;
    room->by_element = f + PLACED * n;
    return 0;
}

/* Lines without a bullet, or the blanks around them; none of them empty. */
static PyObject *bare_lines(PyObject *lines)
{
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    PyObject *out = PyList_New(n);
    for (Py_ssize_t i = 0; out && i < n; i++) {
        PyObject *line = text_of(lines, i), *bare;
        if (!line) {
            Py_CLEAR(out);
            break;
        }
        const int kind = PyUnicode_KIND(line);
        const void *data = PyUnicode_DATA(line);
        Py_ssize_t start = 0, end = PyUnicode_GET_LENGTH(line);
        const Py_ssize_t length = end;
        if (length > 1 && PyUnicode_READ(kind, data, 0) == '-' && PyUnicode_READ(kind, data, 1) == ' ') {
            start = 2;
        } else {
            while (start < end && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, start)))
                start++;
            while (end > start && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, end - 1)))
                end--;
        }
        if (start == end)
            bare = PyUnicode_FromString("-");
        else
            bare = end - start == length ? Py_NewRef(line) : PyUnicode_Substring(line, start, end);
        if (bare)
            PyList_SET_ITEM(out, i, bare);
        else
            Py_CLEAR(out);
    }
    return out;
}

/* How many lines read as each does, as logarithms. */
static int count_copies(PyObject *lines, float *out)
{
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    PyObject *seen = PyDict_New();
    int failed = !seen;
    for (int round = 0; round < 2; round++)
        for (Py_ssize_t i = 0; !failed && i < n; i++) {
            PyObject *line = PyList_GET_ITEM(lines, i), *count = PyDict_GetItemWithError(seen, line);
            const long before = count ? PyLong_AsLong(count) : 0;
            if (round) {
                out[i] = log1pf((float)before);
                continue;
            }
            PyObject *now = PyErr_Occurred() ? NULL : PyLong_FromLong(before + 1);
            failed = !now || PyDict_SetItem(seen, line, now) < 0;
            Py_XDECREF(now);
        }
    Py_XDECREF(seen);
    return failed ? -1 : 0;
}

/* The share of each line's words that the title has, and how much of the title they are: places._titled. */
static int find_title(const Tables *t, const Looked *own, Py_ssize_t n, PyObject *title, float *out)
{
    if (!PyUnicode_GET_LENGTH(title))
        return 0;
    PyObject *list = PyList_New(1);
    if (!list)
        return -1;
    PyList_SET_ITEM(list, 0, Py_NewRef(title));
    Looked words = {0};
    int failed = look_at(t, list, NULL, &words);
    Py_DECREF(list);
    uint8_t *known = failed ? NULL : PyMem_RawCalloc((size_t)1 << (64 - t->shift), 1);
    for (int64_t i = 0; known && i < words.used; i++)
        known[words.bag[i]] = 1;
    for (Py_ssize_t i = 0; known && words.used && i < n; i++) {
        int64_t found = 0;
        for (int64_t k = 0; k < own->runs[i]; k++)
            found += known[own->bag[own->first[i] + k]];
        const double most = (double)found / (double)words.used;
        out[i] = (float)((double)found / (double)(own->runs[i] > 1 ? own->runs[i] : 1));
        out[n + i] = (float)((most < 1 ? most : 1) * (double)out[i]);
    }
    if (!failed && !known)
        PyErr_NoMemory();
    failed |= !known;
    PyMem_RawFree(known);
    forget(&words);
    return failed ? -1 : 0;
}

/* What is in each element, and which of them wins. */
static Py_ssize_t weigh(const Given *g, const Looked *own, Room *room)
{
    const Py_ssize_t n = g->lines;
    double *const *sums = room->sums;
    for (Py_ssize_t i = 0, k = 0; k <= g->all_lines; k++) {
        room->before[k] = i;
        while (i < n && g->where[i] == k)
            i++;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        const int64_t at = g->where[i];
        const float size = g->size[at] > 1 ? (float)g->size[at] : 1, linked = (float)((double)g->linked[at] / (double)size);
        const float counted = size < LONGEST_VOTE ? size : LONGEST_VOTE, longer = size * 0.01f, commas = own->x[i * OWN_COLUMNS + COMMAS];
        room->chars[i] = size;
        room->linked[i] = linked;
        room->vote[i] = (double)(1 + (longer < 3 ? longer : 3) + commas * commas) * (0.2 + own->prose[i]);
        if (size < SHORTEST_VOTER || linked >= MOST_LINKED)
            room->vote[i] = 0;
        sums[0][i + 1] = sums[0][i] + counted;
        sums[1][i + 1] = sums[1][i] + counted * linked;
        sums[2][i + 1] = sums[2][i] + (own->prose[i] && linked < MOST_LINKED);
        sums[3][i + 1] = sums[3][i] + room->vote[i];
        room->up[0][i] = g->element[at];
        for (int up = 1; up < UPS; up++)
            room->up[up][i] = g->parent[room->up[up - 1][i]];
    }
    for (int level = 0; level < LEVELS; level++) { /* the nearest five */
        memset(room->some_votes, 0, (size_t)g->elements * sizeof(double));
        for (Py_ssize_t i = 0; i < n; i++)
            room->some_votes[room->up[level][i]] += room->vote[i] * VOTES[level];
        for (Py_ssize_t e = 0; e < g->elements; e++)
            room->votes[e] += room->some_votes[e];
    }
    const float all_chars = sums[0][n] > 1 ? (float)sums[0][n] : 1;
    Py_ssize_t winner = 0;
    for (Py_ssize_t e = 0; e < g->elements; e++) {
        float *by = room->by_element + LEVEL * e;
        const int64_t first = room->before[g->first[e]], end = room->before[g->end[e]];
        const float inside = (float)(sums[0][end] - sums[0][first]), links = (float)(sums[1][end] - sums[1][first]);
        const float held = (float)(end - first);
        room->first[e] = first;
        room->end[e] = end;
        by[0] = inside / all_chars;
        by[1] = links / (inside > 1 ? inside : 1);
        by[2] = log1pf((float)(sums[2][end] - sums[2][first]));
        by[4] = log1pf(held);
        by[5] = log1pf(inside / (held > 1 ? held : 1));
        room->votes[e] *= 1 - by[1];
        if (room->votes[e] > room->votes[winner])
            winner = e;
        if (!(g->own[e] & g->unseen))
            room->children[g->parent[e]]++;
    }
    const double most = room->votes[winner] > 1e-6 ? room->votes[winner] : 1e-6;
    for (Py_ssize_t e = 0; e < g->elements; e++) {
        room->by_element[LEVEL * e + 3] = (float)(room->votes[e] / most);
        room->by_element[LEVEL * e + 6] = log1pf((float)room->children[e]);
    }
    return winner;
}

/* Number the lines whose elements are written alike, to `group`. */
static void group_lines(const Given *g, Room *room, int64_t *group)
{
    uint64_t mask = 15;
    int64_t groups = 0;
    while (mask + 1 < 2 * (uint64_t)g->lines)
        mask = 2 * mask + 1;
    for (Py_ssize_t i = 0; i < g->lines; i++) {
        const int64_t like = g->like[room->up[0][i]];
        uint64_t at = ((uint64_t)like ^ hash_seed) * UINT64_C(0x9E3779B97F4A7C15);
        at ^= at >> 32; /* so that the upper half of the number counts, too */
        for (;; at++) { /* a slot holds the number, from 1, of the first line of its group */
            int64_t *slot = &room->slot[at & mask];
            if (!*slot) {
                *slot = i + 1;
                group[i] = groups++;
            } else if (g->like[room->up[0][*slot - 1]] == like) {
                group[i] = group[*slot - 1];
            } else {
                continue;
            }
            break;
        }
        room->group_size[group[i]]++;
        room->group_chars[group[i]] += room->chars[i];
    }
}

static float far_off(int64_t lines)
{
    return lines > 0 ? log1pf((float)lines) : 0;
}

/* Fill in a row for each measure of lines and their elements; `x` begins behind those of the text. */
static void fill(const Given *g, Room *room, Py_ssize_t winner, const int64_t *group, float *x)
{
    const Py_ssize_t n = g->lines;
    const int64_t a = room->first[winner], b = room->end[winner];
    const double *const *sums = (const double *const *)room->sums;
    const double all_chars = sums[0][n] > 1 ? sums[0][n] : 1;
    int64_t *shared = room->stay; /* no longer needed */
    memset(shared, 0, (size_t)n * sizeof(int64_t));
    for (int64_t above = winner;; above = g->parent[above]) {
        if (room->first[above] < n)
            shared[room->first[above]]++;
        if (room->end[above] < n)
            shared[room->end[above]]--;
        if (!above)
            break;
    }
    int64_t everything = 0, now = 0, seen = 0;
    for (Py_ssize_t e = 0; e < g->elements; e++)
        seen += !(g->own[e] & g->unseen);
    for (Py_ssize_t i = 0; i < n; i++) {
        const int64_t at = g->where[i], element = room->up[0][i], above = room->up[1][i], held = room->end[above] - room->first[above];
        const int within = i >= a && i < b;
        float *to = x + i;
        now += shared[i];
        everything |= g->path[element];
        to[0 * n] = room->linked[i];
        to[1 * n] = (float)log1p((double)g->links[at]);
        to[2 * n] = (float)((double)g->strong[at] / (double)room->chars[i]);
        to[3 * n] = (float)((double)g->depth[element] / 10);
        to[4 * n] = room->end[element] - room->first[element] == 1;
        to[7 * n] = (float)within;
        to[8 * n] = within ? far_off(i - a) : 0;
        to[9 * n] = within ? far_off(b - 1 - i) : 0;
        to[10 * n] = far_off(a - i);
        to[11 * n] = far_off(i - b + 1);
        to[12 * n] = (float)((double)(g->depth[element] - (now - 1)) / 4);
        to[13 * n] = (float)((double)(g->depth[winner] - (now - 1)) / 4);
        to[14 * n] = (float)((double)g->depth[winner] / 10);
        to[15 * n] = room->by_element[LEVEL * above + 3];
        to[16 * n] = i && element == room->up[0][i - 1];
        to[17 * n] = room->by_element[LEVEL * above + 6];
        to[18 * n] = (float)((double)(i - room->first[above]) / (double)(held > 1 ? held : 1));
        to[20 * n] = log1pf((float)room->group_size[group[i]]);
        to[21 * n] = (float)(room->group_chars[group[i]] / all_chars);
    }
    x += LINE * n;
    for (int level = 0; level < LEVELS; level++)
        for (int m = 0; m < LEVEL; m++, x += n)
            for (Py_ssize_t i = 0; i < n; i++)
                x[i] = room->by_element[LEVEL * room->up[LEVEL_UPS[level]][i] + m];
    const double all_votes = sums[3][n] > 1e-6 ? sums[3][n] : 1e-6;
    const float *won = room->by_element + LEVEL * winner;
    const double page[PAGE] = {(double)(float)(sums[3][b] - sums[3][a]) / all_votes,
                               won[0],
                               won[1],
                               log1p(all_chars),
                               sums[1][n] / all_chars,
                               log1p((double)seen),
                               (double)(everything >> g->main & 1),
                               (double)(everything >> g->article & 1)};
    for (int m = 0; m < PAGE; m++, x += n)
        for (Py_ssize_t i = 0; i < n; i++)
            x[i] = (float)page[m];
    for (int kind = 0; kind < g->kinds; kind++, x += n)
        for (Py_ssize_t i = 0; i < n; i++)
            x[i] = room->kind[i] == kind;
    int64_t *bits = room->stay;
    for (int around = 0; around < 3; around++) {
        for (Py_ssize_t i = 0; i < n; i++)
            bits[i] = around == 2 ? g->path[room->up[0][i]]
                      : around    ? g->own[room->up[0][i]] | g->own[room->up[1][i]] | g->own[room->up[2][i]]
                                  : g->own[room->up[0][i]];
        for (int name = 0; name < g->names; name++, x += n)
            for (Py_ssize_t i = 0; i < n; i++)
                x[i] = (float)(bits[i] >> name & 1);
    }
}

static const int64_t *column(Buffers *held, PyObject *array, Py_ssize_t items)
{
    return take_buffer(held, array, items, sizeof(int64_t), 0);
}

static PyObject *copy(const void *data, Py_ssize_t items, size_t size)
{
    return PyByteArray_FromStringAndSize(data, items * (Py_ssize_t)size);
}

/* Which of the sorts of tags each line's element is: -1 for none. */
static int sort_tags(const Given *g, Room *room, PyObject *tags, PyObject *sorts)
{
    if (PyList_GET_SIZE(tags) != g->elements) {
        PyErr_SetString(PyExc_ValueError, "not a tag for each element");
        return -1;
    }
    for (Py_ssize_t i = 0; i < g->lines; i++) {
        PyObject *sort = PyDict_GetItemWithError(sorts, PyList_GET_ITEM(tags, room->up[0][i]));
        room->kind[i] = sort ? PyLong_AsLong(sort) : -1;
        if (PyErr_Occurred())
            return -1;
    }
    return 0;
}

/* Measure: the text, where it stands, the elements; then all of it as Places. */
static PyObject *measure(const Given *g, const Tables *t, const uint8_t *gaps, PyObject *lines, PyObject *title, PyObject *tags,
                         PyObject *sorts)
{
    const Py_ssize_t n = g->lines, columns = OWN_COLUMNS + PLACED + LINE + LEVELS * LEVEL + PAGE + g->kinds + 3 * g->names;
    PyObject *parts[9] = {0}, *all = NULL;
    Room room = {0};
    Looked own = {0};
    if (look_at(t, lines, NULL, &own) < 0 || make_room(g, &room) < 0 || !(parts[0] = copy(NULL, n * columns, sizeof(float))) ||
        !(parts[6] = copy(NULL, AROUND * n, sizeof(int64_t))) || !(parts[7] = copy(NULL, AROUND * n, sizeof(int64_t))) ||
        !(parts[8] = copy(NULL, n, sizeof(int64_t))))
        goto done;
    float *x = (float *)(void *)PyByteArray_AS_STRING(parts[0]), *of_lines = x + (OWN_COLUMNS + PLACED) * n;
    int64_t *first = (int64_t *)(void *)PyByteArray_AS_STRING(parts[6]), *end = (int64_t *)(void *)PyByteArray_AS_STRING(parts[7]);
    int64_t *group = (int64_t *)(void *)PyByteArray_AS_STRING(parts[8]);
    for (Py_ssize_t i = 0; i < n; i++) {
        room.stay[i] = i;
        room.blanks[i] = gaps[i] + (i ? room.blanks[i - 1] : 0);
    }
    const Own own_lines = {own.x, own.weight, own.prose, own.bag, own.first, own.runs, OWN_COLUMNS, n, own.used};
    if (place(&own_lines, room.stay, n, room.blanks, room.placed) < 0) {
        PyErr_NoMemory();
        goto done;
    }
    for (int c = 0; c < OWN_COLUMNS; c++)
        for (Py_ssize_t i = 0; i < n; i++)
            x[c * n + i] = own.x[i * OWN_COLUMNS + c];
    for (int c = 0; c < PLACED; c++)
        for (Py_ssize_t i = 0; i < n; i++)
            x[(OWN_COLUMNS + c) * n + i] = room.placed[i * PLACED + c];
    memset(of_lines + 5 * n, 0, 2 * (size_t)n * sizeof(float));
    if (find_title(t, &own, n, title, of_lines + 5 * n) < 0 || count_copies(lines, of_lines + 19 * n) < 0)
        goto done;
    const Py_ssize_t winner = weigh(g, &own, &room);
    if (sort_tags(g, &room, tags, sorts) < 0)
        goto done;
    group_lines(g, &room, group);
    fill(g, &room, winner, group, of_lines);
    for (int up = 0; up < AROUND; up++)
        for (Py_ssize_t i = 0; i < n; i++) {
            first[up * n + i] = room.first[room.up[AROUND_UPS[up]][i]];
            end[up * n + i] = room.end[room.up[AROUND_UPS[up]][i]];
        }
    if ((parts[1] = copy(own.weight, n, sizeof(float))) && (parts[2] = copy(own.words, n, sizeof(float))) &&
        (parts[3] = copy(own.bag, own.used, sizeof(int64_t))) && (parts[4] = copy(own.first, n, sizeof(int64_t))) &&
        (parts[5] = copy(own.runs, n, sizeof(int64_t))))
        all = PyTuple_Pack(9, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7], parts[8]);
done:
    for (int i = 0; i < 9; i++)
        Py_XDECREF(parts[i]);
    forget(&own);
    PyMem_RawFree(room.memory);
    return all;
}

/* places(tables, lines, gaps, title, where, columns of lines, columns of elements, tags, sorts of tags, (names, sorts, bit of
 * what does not show, numbers of the bits of main and article)) -> (measures, weight, words, bag, first word, runs, first,
 * end, group): bytearrays. */
PyObject *native_places(PyObject *module, PyObject *args)
{
    PyObject *tables, *lines, *gaps, *title, *where, *l[5], *e[7], *tags, *sorts, *bare = NULL, *found = NULL;
    Buffers held = {.count = 0};
    Given g = {0};
    const Tables *t;
    long long unseen;
    if (!PyArg_ParseTuple(args, "OO!OUO(OOOOO)(OOOOOOO)O!O!(iiLii)", &tables, &PyList_Type, &lines, &gaps, &title, &where,
                          &l[0], &l[1], &l[2], &l[3], &l[4], &e[0], &e[1], &e[2], &e[3], &e[4], &e[5], &e[6], &PyList_Type, &tags,
                          &PyDict_Type, &sorts, &g.names, &g.kinds, &unseen, &g.main, &g.article))
        return NULL;
    g.unseen = unseen;
    const Py_ssize_t n = g.lines = PyList_GET_SIZE(lines);
    const uint8_t *gap = NULL;
    if (!(t = tables_of(tables)) || !(gap = take_buffer(&held, gaps, n, 1, 0)) || !(g.where = column(&held, where, n)) ||
        !(g.element = column(&held, l[0], -1)))
        goto done;
    g.all_lines = held.views[held.count - 1].len / (Py_ssize_t)sizeof(int64_t);
    if (!(g.linked = column(&held, l[1], g.all_lines)) || !(g.links = column(&held, l[2], g.all_lines)) ||
        !(g.strong = column(&held, l[3], g.all_lines)) || !(g.size = column(&held, l[4], g.all_lines)) ||
        !(g.parent = column(&held, e[0], -1)))
        goto done;
    g.elements = held.views[held.count - 1].len / (Py_ssize_t)sizeof(int64_t);
    if (!(g.depth = column(&held, e[1], g.elements)) || !(g.own = column(&held, e[2], g.elements)) ||
        !(g.path = column(&held, e[3], g.elements)) || !(g.like = column(&held, e[4], g.elements)) ||
        !(g.first = column(&held, e[5], g.elements)) || !(g.end = column(&held, e[6], g.elements)))
        goto done;
    if (!n)
        PyErr_SetString(PyExc_ValueError, "a page without a line");
    else if (check_given(&g) == 0 && (bare = bare_lines(lines)))
        found = measure(&g, t, gap, bare, title, tags, sorts);
done:
    Py_XDECREF(bare);
    let_go(&held);
    return found;
}
