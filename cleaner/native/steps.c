/* Layers in which each line sees others so far off: the last loop of Network.score, and of HtmlNetwork.first_look.
 *
 * A step is a convolution of three taps over lines that are so far apart. Four lines at once need six products of a line and a
 * matrix for it, in place of twelve: S. Winograd, Arithmetic Complexity of Computations (1980); A. Lavin and S. Gray, Fast
 * Algorithms for Convolutional Neural Networks (2015), from which the numbers are. The matrices are made by products.of_sums. */
#include "native.h"

#include <math.h>
#include <stdlib.h>

enum { TAPS = 3, INPUTS = 6, OUTPUTS = 4, GROUPS = 12 };

int read_step(PyObject *tuple, Py_ssize_t count, int width, int pad, Step *step, Buffers *held)
{
    PyObject *weights, *sums, *bias;
    const Py_ssize_t all = count * pad;
    if (!PyArg_ParseTuple(tuple, "iOOO:step", &step->off, &weights, &sums, &bias))
        return -1;
    if (step->off < 1 || step->off > 1 << 16) {
        PyErr_SetString(PyExc_ValueError, "weights of another make");
        return -1;
    }
    return (step->weights = take_buffer(held, weights, TAPS * width * all, sizeof(float), 0)) &&
                   (step->sums = take_buffer(held, sums, INPUTS * width * all, sizeof(float), 0)) &&
                   (step->bias = take_buffer(held, bias, all, sizeof(float), 0))
               ? 0
               : -1;
}

Step step_of(const Step *all, int k, int width, int pad)
{
    const Py_ssize_t size = (Py_ssize_t)width * pad;
    return (Step){all->off, all->weights + TAPS * k * size, all->sums + INPUTS * k * size, all->bias + k * pad};
}

Py_ssize_t step_room(int pad)
{
    return (2 * INPUTS * GROUPS + 1 + OUTPUTS) * (Py_ssize_t)pad;
}

/* Of six lines in a row the sums that are multiplied, `stride` apart. */
ALWAYS_INLINE void add_up(const float *const *line, int pad, Py_ssize_t stride, float *out)
{
    for (int j = 0; j < pad; j += LANES) {
        const Lanes a = AT(line[0]), b = AT(line[1]), c = AT(line[2]), d = AT(line[3]), e = AT(line[4]), f = AT(line[5]);
        const Lanes sum[INPUTS] = {4 * a - 5 * c + e,         d + e - 4 * (b + c),       e - d + 4 * (b - c),
                                   e - c + 2 * (d - b), e - c + 2 * (b - d), 4 * b - 5 * d + f};
        for (int k = 0; k < INPUTS; k++)
            TO(out + k * stride) = sum[k];
    }
}

/* Of six products what they come to for four lines; twice the positive part is added to what stands there. */
ALWAYS_INLINE void put_together(const float *from, Py_ssize_t stride, const float *bias, int pad, const float *const *onto, float *const *out)
{
    for (int j = 0; j < pad; j += LANES) {
        const Lanes one = AT(from + stride), two = AT(from + 2 * stride), three = AT(from + 3 * stride), four = AT(from + 4 * stride);
        const Lanes a = one + two, b = one - two + AT(bias), c = three + four, d = three - four;
        const Lanes sum[OUTPUTS] = {AT(bias) + AT(from) + a + c, b + 2 * d, AT(bias) + a + 4 * c, b + 8 * d + AT(from + 5 * stride)};
        for (int l = 0; l < OUTPUTS; l++)
            TO(out[l]) = AT(onto[l]) + (sum[l] + ABSOLUTE(sum[l]));
    }
}

ALWAYS_INLINE void take_step_body(const Step *s, int width, int pad, const float *now, Py_ssize_t n, float *room, float *next)
{
    const Py_ssize_t step = s->off, off = step * pad, stride = (Py_ssize_t)GROUPS * pad;
    const Py_ssize_t groups = (n + OUTPUTS * step - 1) / (OUTPUTS * step) * step;
    if (groups * INPUTS >= n * TAPS) { /* few lines: as it is written */
        const Part parts[TAPS] = {{now - off, pad, width, s->weights},
                                  {now, pad, width, s->weights + (size_t)width * pad},
                                  {now + off, pad, width, s->weights + 2 * (size_t)width * pad}};
        dense_add(parts, TAPS, n, s->bias, pad, now, next);
        return;
    }
    float *sums = room, *products = room + INPUTS * stride, *nought = products + INPUTS * stride, *away = nought + pad;
    memset(nought, 0, (size_t)pad * sizeof(float));
    for (Py_ssize_t g = 0; g < groups; g += GROUPS) {
        const Py_ssize_t count = groups - g < GROUPS ? groups - g : GROUPS;
        for (Py_ssize_t i = 0; i < count; i++) {
            const Py_ssize_t first = (g + i) / step * OUTPUTS * step + (g + i) % step;
            const float *line[INPUTS];
            for (int k = 0; k < INPUTS; k++) {
                const Py_ssize_t at = first + (k - 1) * step;
                line[k] = at < n ? now + at * pad : nought;
            }
            add_up(line, pad, stride, sums + i * pad);
        }
        for (int k = 0; k < INPUTS; k++) {
            const Part part = {sums + k * stride, pad, width, s->sums + (size_t)k * width * pad};
            dense(&part, 1, count, nought, pad, products + k * stride);
        }
        for (Py_ssize_t i = 0; i < count; i++) {
            const Py_ssize_t first = (g + i) / step * OUTPUTS * step + (g + i) % step;
            const float *onto[OUTPUTS];
            float *out[OUTPUTS];
            for (int l = 0; l < OUTPUTS; l++) { /* what is no line is put away */
                const Py_ssize_t at = first + l * step;
                onto[l] = at < n ? now + at * pad : nought;
                out[l] = at < n ? next + at * pad : away + l * pad;
            }
            put_together(products + i * pad, stride, s->bias, pad, onto, out);
        }
    }
}
BY_PROCESSOR(void, take_step, (const Step *s, int width, int pad, const float *now, Py_ssize_t n, float *room, float *next),
             (s, width, pad, now, n, room, next))
