/* Which lines of a page of HTML stay: cleaner.model.decide_html.choose, cleaner.stages.place. */
#include "native.h"

#include <stdlib.h>

/* The numbers of decide_html, in its order. */
typedef struct {
    double share, doubtful, clear, gentle, half_sure, beside, sentence, paragraph, running, aside, no_link, standfirst;
    int small_page, between;
} Policy;

typedef struct {
    const float *scores, *words, *linked, *headline, *in_winner, *left_path, *needed, *may_lead;
    Py_ssize_t lines;
} Page;

/* Keep a headline, what stands between it and the text, half sure, and a standfirst. */
static void keep_headline(const Page *p, const Policy *policy, char *keep)
{
    Py_ssize_t at = -1, first = -1, sentence = -1;
    for (Py_ssize_t i = 0; i < p->lines; i++) {
        if (p->headline[i] != 0) {
            if (at >= 0)
                return; /* not the only one */
            at = i;
        }
        if (keep[i] && first < 0)
            first = i;
        if (keep[i] && sentence < 0 && p->words[i] >= policy->sentence)
            sentence = i;
    }
    if (at < 0 || first < 0)
        return;
    if (sentence <= 0) /* as the first line is none that can have a headline before it */
        sentence = first;
    const int beside = (at + 1 == first || at + 1 == sentence) && p->left_path[at] <= policy->beside;
    for (Py_ssize_t i = at + 1; i < sentence; i++)
        keep[i] |= p->may_lead[i] > 0 && p->scores[i] >= (float)policy->standfirst;
    if (at >= sentence || !(p->in_winner[at] != 0 || beside))
        return;
    keep[at] = 1;
    for (Py_ssize_t i = at; i < sentence; i++)
        keep[i] |= p->scores[i] >= (float)policy->half_sure && p->linked[i] < 0.5f && p->in_winner[i] > 0;
}

/* Whether what stays is running text. */
static int is_running_text(const Page *p, const Policy *policy, const char *keep)
{
    float total = 0, paragraphs = 0, aside = 0; /* sums of whole numbers */
    for (Py_ssize_t i = 0; i < p->lines; i++) {
        if (!keep[i])
            continue;
        total += p->words[i];
        if (p->needed[i] > 0)
            aside += p->words[i];
        if (p->words[i] >= policy->paragraph && p->linked[i] < (float)policy->no_link)
            paragraphs += p->words[i];
    }
    return paragraphs >= (float)policy->running * total && aside <= (float)policy->aside * total;
}

static int higher_first(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

/* overview.best_f1; below 0 if there is no memory. */
static double best_f1(const Page *p)
{
    float(*lines)[2] = PyMem_RawMalloc((size_t)p->lines * sizeof *lines);
    double found = 0, both = 1e-6, best = 0;
    if (!lines)
        return -1;
    for (Py_ssize_t i = 0; i < p->lines; i++) {
        lines[i][0] = p->scores[i];
        lines[i][1] = p->words[i];
        both += (double)p->scores[i] * p->words[i];
    }
    qsort(lines, (size_t)p->lines, sizeof *lines, higher_first);
    for (Py_ssize_t i = 0; i < p->lines; i++) {
        found += (double)lines[i][0] * lines[i][1];
        both += lines[i][1];
        best = found / both > best ? found / both : best;
    }
    PyMem_RawFree(lines);
    return 2 * best;
}

static int choose(const Page *p, const Policy *policy, char *keep)
{
    const Py_ssize_t n = p->lines;
    const double expected = best_f1(p);
    if (expected < 0)
        return -1;
    double clear = (expected - policy->doubtful) / (policy->clear - policy->doubtful), size = (double)n / policy->small_page;
    clear = clear < 0 ? 0 : clear > 1 ? 1 : clear;
    size = size > 1 ? 1 : size;
    const float least = (float)(policy->share * (size * (policy->gentle + (1 - policy->gentle) * clear)) * expected);
    Py_ssize_t before = -1;
    for (Py_ssize_t i = 0; i < n; i++)
        keep[i] = p->scores[i] >= least;
    for (Py_ssize_t i = 0; i < n; i++) { /* between two lines that stay, few enough */
        if (!keep[i])
            continue;
        for (Py_ssize_t k = before + 1; before >= 0 && i - before - 1 <= policy->between && k < i; k++)
            keep[k] = p->linked[k] < 0.5f && p->words[k] >= policy->sentence && p->scores[k] >= (float)policy->half_sure;
        before = i;
    }
    if (is_running_text(p, policy, keep))
        for (Py_ssize_t i = 0; i < n; i++)
            keep[i] &= p->scores[i] >= p->needed[i];
    keep_headline(p, policy, keep);
    return 0;
}

/* html_choose(scores, words, linked, headline, in winner, left path, needed, may lead, policy) -> bytearray of 0 and 1 */
PyObject *native_html_choose(PyObject *module, PyObject *args)
{
    PyObject *arrays[8], *out = NULL;
    const float *taken[8];
    Buffers held = {.count = 0};
    Policy policy;
    if (!PyArg_ParseTuple(args, "OOOOOOOO(ddddiidddddddd)", &arrays[0], &arrays[1], &arrays[2], &arrays[3], &arrays[4], &arrays[5], &arrays[6], &arrays[7],
                          &policy.share, &policy.doubtful, &policy.clear, &policy.gentle, &policy.small_page, &policy.between,
                          &policy.sentence, &policy.half_sure, &policy.beside, &policy.paragraph, &policy.running, &policy.aside,
                          &policy.no_link, &policy.standfirst))
        return NULL;
    Py_ssize_t n = -1;
    for (int i = 0; i < 8; i++) {
        if (!(taken[i] = take_buffer(&held, arrays[i], n, sizeof(float), 0)))
            goto done;
        n = held.views[0].len / (Py_ssize_t)sizeof(float);
    }
    const Page page = {taken[0], taken[1], taken[2], taken[3], taken[4], taken[5], taken[6], taken[7], n};
    if (!n)
        PyErr_SetString(PyExc_ValueError, "a page without a line");
    else if ((out = PyByteArray_FromStringAndSize(NULL, n)) && choose(&page, &policy, PyByteArray_AS_STRING(out)) < 0) {
        Py_CLEAR(out);
        PyErr_NoMemory();
    }
done:
    let_go(&held);
    return out;
}

/* taken(bits, lines, wanted, unless, share) -> bytearray: of each line the rule that takes it, from 1, or 0. A rule takes those
 * that bear a mark it wants and none that it does not, unless they are more than a share of the text that is left:
 * cleaner.stages.place. */
PyObject *native_taken(PyObject *module, PyObject *args)
{
    PyObject *bits, *lines, *wanted, *unless, *out = NULL;
    double share;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "OO!OOd", &bits, &PyList_Type, &lines, &wanted, &unless, &share))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    const int64_t *bears = take_buffer(&held, bits, n, sizeof(int64_t), 0);
    const int64_t *want = bears ? take_buffer(&held, wanted, -1, sizeof(int64_t), 0) : NULL;
    const Py_ssize_t rules = want ? held.views[held.count - 1].len / (Py_ssize_t)sizeof(int64_t) : 0;
    const int64_t *avoid = want ? take_buffer(&held, unless, rules, sizeof(int64_t), 0) : NULL;
    if (!avoid || !(out = PyByteArray_FromStringAndSize(NULL, n)))
        goto done;
    uint8_t *to = (uint8_t *)PyByteArray_AS_STRING(out);
    Py_ssize_t left = 0;
    memset(to, 0, (size_t)n);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *line = text_of(lines, i);
        if (!line) {
            Py_CLEAR(out);
            goto done;
        }
        left += PyUnicode_GET_LENGTH(line);
    }
    for (Py_ssize_t rule = 0; rule < rules && rule < 255; rule++) {
        Py_ssize_t inside = 0, found = 0;
        for (Py_ssize_t i = 0; i < n; i++)
            if (!to[i] && bears[i] & want[rule] && !(bears[i] & avoid[rule])) {
                inside += PyUnicode_GET_LENGTH(PyList_GET_ITEM(lines, i));
                found++;
            }
        if (!found || (double)inside > share * (double)left)
            continue;
        left -= inside;
        for (Py_ssize_t i = 0; i < n; i++)
            if (!to[i] && bears[i] & want[rule] && !(bears[i] & avoid[rule]))
                to[i] = (uint8_t)(rule + 1);
    }
done:
    let_go(&held);
    return out;
}
