/* The steps of the network for text, in which each line sees its neighbours: the last loop of Network.score.
 *
 * A step is a convolution of three taps over lines that are so far apart. Four lines at once need six products of a line and a
 * matrix for it, in place of twelve: S. Winograd, Arithmetic Complexity of Computations (1980); A. Lavin and S. Gray, Fast
 * Algorithms for Convolutional Neural Networks (2015), from which the numbers are. */
#include "text.h"

#include <math.h>
#include <stdlib.h>

enum { TAPS = 3, INPUTS = 6, OUTPUTS = 4, GROUPS = 24 };

/* The weights of a step as they are multiplied with `INPUTS` sums of lines; NULL if there is no memory. */
float *step_weights(const float *weights, int width, int pad)
{
    static const double by_tap[INPUTS][TAPS] = {{1. / 4, 0, 0},           {-1. / 6, -1. / 6, -1. / 6}, {-1. / 6, 1. / 6, -1. / 6},
                                                {1. / 24, 1. / 12, 1. / 6}, {1. / 24, -1. / 12, 1. / 6}, {0, 0, 1}};
    const size_t size = (size_t)width * pad;
    float *out = PyMem_RawMalloc(INPUTS * size * sizeof(float));
    for (int k = 0; out && k < INPUTS; k++)
        for (size_t i = 0; i < size; i++) {
            double sum = 0;
            for (int tap = 0; tap < TAPS; tap++)
                sum += by_tap[k][tap] * weights[tap * size + i];
            out[k * size + i] = (float)sum;
        }
    return out;
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

/* `now` and `next` are rows of `pad` numbers, with noughts in as many rows before and after them as a step is wide; `room` has
 * step_room(pad) numbers. */
ALWAYS_INLINE void take_step_body(const Net *w, int s, const float *now, Py_ssize_t n, float *room, float *next)
{
    const int pad = w->pad, width = w->width;
    const Py_ssize_t step = w->step[s], off = step * pad, stride = (Py_ssize_t)GROUPS * pad;
    const Py_ssize_t groups = (n + OUTPUTS * step - 1) / (OUTPUTS * step) * step;
    if (groups * INPUTS >= n * TAPS) { /* few lines: as it is written */
        const float *weights = w->step_weights[s];
        const Part parts[TAPS] = {{now - off, pad, width, weights},
                                  {now, pad, width, weights + (size_t)width * pad},
                                  {now + off, pad, width, weights + 2 * (size_t)width * pad}};
        dense_add(parts, TAPS, n, w->step_bias[s], pad, now, next);
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
            const Part part = {sums + k * stride, pad, width, w->step_sums[s] + (size_t)k * width * pad};
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
            put_together(products + i * pad, stride, w->step_bias[s], pad, onto, out);
        }
    }
}
BY_PROCESSOR(void, take_step, (const Net *w, int s, const float *now, Py_ssize_t n, float *room, float *next), (w, s, now, n, room, next))
