/* What the files of the extension share. Every function here does what one in Python does; that one is named beside it. */
#ifndef CLEANER_NATIVE_H
#define CLEANER_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Raised whenever a function's arguments or result change: an extension built of older files is then not used. */
#define NATIVE_API 23

#if defined(__GNUC__)
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define SOON(address) __builtin_prefetch(address)
#else
#define ALWAYS_INLINE static __forceinline
#define LIKELY(x) (x)
#define SOON(address) ((void)(address))
#endif

/* The number of the lowest bit that is set, in a number that is not nought. */
ALWAYS_INLINE int lowest_bit(uint64_t bits)
{
#if defined(__GNUC__)
    return __builtin_ctzll(bits);
#else
    int at = 0;
    for (; !(bits & 1); bits >>= 1)
        at++;
    return at;
#endif
}

/* Makes function `name` of the inline function `name_body`: on x86-64 once for any processor, once for those of the last ten
 * years, and the one that fits is called. */
#if defined(__GNUC__) && defined(__x86_64__)
#define BY_PROCESSOR(type, name, parameters, arguments)                                                                \
    static type name##_plain parameters { return name##_body arguments; }                                              \
    __attribute__((target("avx2,fma"))) static type name##_wide parameters { return name##_body arguments; }           \
    type name parameters                                                                                               \
    {                                                                                                                  \
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? name##_wide arguments                 \
                                                                               : name##_plain arguments;               \
    }
#else
#define BY_PROCESSOR(type, name, parameters, arguments)                                                                \
    type name parameters { return name##_body arguments; }
#endif

/* Whether an object is a str whose characters can be read as they lie. */
ALWAYS_INLINE int is_text(PyObject *object)
{
#if PY_VERSION_HEX < 0x030C0000
    return PyUnicode_Check(object) && PyUnicode_READY(object) == 0;
#else
    return PyUnicode_Check(object);
#endif
}

/* The item of a list, with a word to the processor that those behind it will be wanted soon. */
ALWAYS_INLINE PyObject *item_of(PyObject *list, Py_ssize_t i)
{
    enum { AHEAD = 4 };
    if (i + AHEAD < PyList_GET_SIZE(list))
        SOON(PyList_GET_ITEM(list, i + AHEAD));
    return PyList_GET_ITEM(list, i);
}

/* Put a number at the end of a list; -1 with an exception set if that fails. */
ALWAYS_INLINE int append_number(PyObject *list, Py_ssize_t i)
{
    PyObject *number = PyLong_FromSsize_t(i);
    const int failed = !number || PyList_Append(list, number) < 0;
    Py_XDECREF(number);
    return failed ? -1 : 0;
}

/* Several buffers, let go together. */
#define MOST_BUFFERS 64
typedef struct {
    Py_buffer views[MOST_BUFFERS];
    int count;
} Buffers;

/* The memory of an object, which must hold `items` things of `size` bytes (any number if negative). NULL with an
 * exception set if it does not. */
void *take_buffer(Buffers *held, PyObject *object, Py_ssize_t items, size_t size, int writable);
void let_go(Buffers *held);

/* Where hashes of text begin: another number in each process, so that no text can be made whose hashes are all alike. */
extern uint64_t hash_seed;

PyObject *native_make_tables(PyObject *module, PyObject *arrays);
PyObject *native_make_network(PyObject *module, PyObject *weights);
PyObject *native_look(PyObject *module, PyObject *args);
PyObject *native_judge(PyObject *module, PyObject *args);
PyObject *native_score(PyObject *module, PyObject *args);
PyObject *native_html_score(PyObject *module, PyObject *args);
PyObject *native_make_reader(PyObject *module, PyObject *args);
PyObject *native_places(PyObject *module, PyObject *args);
PyObject *native_second_look(PyObject *module, PyObject *args);
PyObject *native_html_choose(PyObject *module, PyObject *args);
PyObject *native_taken(PyObject *module, PyObject *args);
PyObject *native_utf8(PyObject *module, PyObject *data);
PyObject *native_holds(PyObject *module, PyObject *args);
PyObject *native_guard(PyObject *module, PyObject *args);
PyObject *native_bare(PyObject *module, PyObject *args);
PyObject *native_deep(PyObject *module, PyObject *args);
PyObject *native_strays(PyObject *module, PyObject *args);
PyObject *native_div_end(PyObject *module, PyObject *args);
PyObject *native_html_lines(PyObject *module, PyObject *args);

/* dense.c: floats of lines, row by row. Rows of the results are padded to a multiple of PAD with noughts. */
enum { PAD = 8 };
#define PADDED(width) (((width) + PAD - 1) / PAD * PAD)
/* So many numbers of a row are taken at once: PAD where the compiler can, otherwise one. AT reads those at place j, TO is them. */
#if defined(__GNUC__)
enum { LANES = PAD };
typedef float Lanes __attribute__((vector_size(4 * PAD), aligned(4), may_alias));
typedef int32_t Bits __attribute__((vector_size(4 * PAD)));
#define ABSOLUTE(x) ((Lanes)((Bits)(x) & 0x7FFFFFFF))
#else
enum { LANES = 1 };
typedef float Lanes;
#define ABSOLUTE(x) fabsf(x)
#endif
#define AT(row) (*(const Lanes *)((row) + j))
#define TO(row) (*(Lanes *)((row) + j))
/* One part of what a layer reads: `size` numbers of each line, `stride` apart, and a row of `weights` for each number. */
typedef struct {
    const float *from;
    Py_ssize_t stride;
    int size;
    const float *weights;
} Part;
/* out[i] = bias + the sum over all parts of (numbers of line i) x weights, for `n` lines; out and bias have `pad` numbers. */
void dense(const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, float *out);
/* The same sums, twice the positive part of each added to what stands in `onto`, which is not `out`. */
void dense_add(const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, const float *onto, float *out);
/* steps.c: a layer in which each line sees those `off` lines before and after it. Of the weights, for the line before, itself and the one
 * after, and of the sums of these three that products.of_sums makes, `width` rows each. */
typedef struct {
    int off;
    const float *weights, *sums, *bias;
} Step;
/* What the layer says of lines, twice the positive part of it added to what they are. `now` and `next` are rows of `pad` numbers, with
 * `off` rows of noughts before and after them; `room` has step_room(pad) numbers. */
void take_step(const Step *step, int width, int pad, const float *now, Py_ssize_t n, float *room, float *next);
Py_ssize_t step_room(int pad);
/* Read a step's tuple, of `count` networks side by side; -1 with an exception set if it does not fit. */
int read_step(PyObject *tuple, Py_ssize_t count, int width, int pad, Step *step, Buffers *held);
/* The step of one of them. */
Step step_of(const Step *all, int k, int width, int pad);
PyObject *native_decide(PyObject *module, PyObject *args);
PyObject *native_blanks(PyObject *module, PyObject *row);
PyObject *native_shorter(PyObject *module, PyObject *args);
PyObject *native_size(PyObject *module, PyObject *args);
PyObject *native_text(PyObject *module, PyObject *args);
PyObject *native_forms(PyObject *module, PyObject *args);
PyObject *native_make_filter(PyObject *module, PyObject *args);
PyObject *native_may_be(PyObject *module, PyObject *args);
PyObject *native_make_finder(PyObject *module, PyObject *keywords);
PyObject *native_make_waker(PyObject *module, PyObject *args);
PyObject *native_wake(PyObject *module, PyObject *args);
PyObject *native_rows(PyObject *module, PyObject *args);
PyObject *native_marks(PyObject *module, PyObject *lines);
PyObject *native_odd(PyObject *module, PyObject *text);
PyObject *native_close_up(PyObject *module, PyObject *args);
PyObject *native_words(PyObject *module, PyObject *text);
PyObject *native_stretches(PyObject *module, PyObject *args);
PyObject *native_is_prose(PyObject *module, PyObject *args);
PyObject *native_prose(PyObject *module, PyObject *args);
PyObject *native_going_on(PyObject *module, PyObject *args);
PyObject *native_any_opens(PyObject *module, PyObject *args);
PyObject *native_signed(PyObject *module, PyObject *args);
PyObject *native_repeats(PyObject *module, PyObject *args);
PyObject *native_head_end(PyObject *module, PyObject *args);
PyObject *native_edges(PyObject *module, PyObject *args);
PyObject *native_indented(PyObject *module, PyObject *args);
PyObject *native_longer(PyObject *module, PyObject *args);
PyObject *native_weigh_words(PyObject *module, PyObject *args);
PyObject *native_strike(PyObject *module, PyObject *args);
PyObject *native_earlier(PyObject *module, PyObject *args);
PyObject *native_filled(PyObject *module, PyObject *rows);
PyObject *native_make_keys(PyObject *module, PyObject *source);
PyObject *native_solid(PyObject *module, PyObject *capsule);
PyObject *native_among(PyObject *module, PyObject *args);
PyObject *native_both(PyObject *module, PyObject *args);
PyObject *native_runs(PyObject *module, PyObject *args);
PyObject *native_recall(PyObject *module, PyObject *args);
#endif
