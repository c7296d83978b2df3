/* The one kind of arithmetic that a network is made of: rows of numbers times a matrix. */
#include "native.h"

#if defined(__GNUC__)
/* A few lines by a few vectors, all kept in registers. With `onto`, twice the positive part of each is added to that. */
#define TILE(LINES, VECTORS)                                                                                           \
    ALWAYS_INLINE void tile_##LINES##_##VECTORS(const Part *parts, int count, Py_ssize_t line, const float *bias, int pad, \
                                                int column, const float *onto, float *out)                             \
    {                                                                                                                  \
        Lanes sum[LINES][VECTORS];                                                                                     \
        for (int l = 0; l < LINES; l++)                                                                                \
            for (int v = 0; v < VECTORS; v++)                                                                          \
                sum[l][v] = *(const Lanes *)(bias + column + v * PAD);                                                 \
        for (int p = 0; p < count; p++) {                                                                              \
            const float *from = parts[p].from + line * parts[p].stride, *weights = parts[p].weights + column;          \
            const Py_ssize_t stride = parts[p].stride;                                                                 \
            for (int k = 0; k < parts[p].size; k++, weights += pad) {                                                  \
                Lanes w[VECTORS];                                                                                      \
                for (int v = 0; v < VECTORS; v++)                                                                      \
                    w[v] = *(const Lanes *)(weights + v * PAD);                                                        \
                for (int l = 0; l < LINES; l++) {                                                                      \
                    const float number = from[l * stride + k];                                                         \
                    for (int v = 0; v < VECTORS; v++)                                                                  \
                        sum[l][v] += number * w[v];                                                                    \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        for (int l = 0; l < LINES; l++)                                                                                \
            for (int v = 0; v < VECTORS; v++) {                                                                        \
                const Py_ssize_t at = (line + l) * pad + column + v * PAD;                                             \
                if (onto)                                                                                              \
                    sum[l][v] = *(const Lanes *)(onto + at) + (sum[l][v] + ABSOLUTE(sum[l][v]));                       \
                *(Lanes *)(out + at) = sum[l][v];                                                                      \
            }                                                                                                          \
    }
TILE(4, 3)
TILE(6, 2)
TILE(8, 1)
TILE(1, 3)
TILE(1, 2)
TILE(1, 1)

#define COLUMN_OF_TILES(LINES, VECTORS)                                                                                \
    do {                                                                                                               \
        Py_ssize_t i = 0;                                                                                              \
        for (; i + LINES <= n; i += LINES)                                                                             \
            tile_##LINES##_##VECTORS(parts, count, i, bias, pad, column, onto, out);                                         \
        if (i < n && n >= LINES) /* the rest, and some once more */                                                    \
            tile_##LINES##_##VECTORS(parts, count, n - LINES, bias, pad, column, onto, out);                                 \
        else                                                                                                           \
            for (; i < n; i++)                                                                                         \
                tile_1_##VECTORS(parts, count, i, bias, pad, column, onto, out);                                             \
    } while (0)

ALWAYS_INLINE void multiply(const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, const float *onto, float *out)
{
    int column = 0;
    for (int left = pad / PAD; left; column = pad - left * PAD)
        if (left == 1) {
            COLUMN_OF_TILES(8, 1);
            left -= 1;
        } else if (left == 3 || left >= 5) {
            COLUMN_OF_TILES(4, 3);
            left -= 3;
        } else {
            COLUMN_OF_TILES(6, 2);
            left -= 2;
        }
}
#else
ALWAYS_INLINE void multiply(const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, const float *onto, float *out)
{
    for (Py_ssize_t i = 0; i < n; i++, out += pad) {
        memcpy(out, bias, (size_t)pad * sizeof(float));
        for (int p = 0; p < count; p++) {
            const float *from = parts[p].from + i * parts[p].stride, *weights = parts[p].weights;
            for (int k = 0; k < parts[p].size; k++, weights += pad)
                for (int j = 0; j < pad; j++)
                    out[j] += from[k] * weights[j];
        }
        for (int j = 0; onto && j < pad; j++)
            out[j] += onto[i * pad + j] + (out[j] < 0 ? -out[j] : out[j]);
    }
}
#endif

ALWAYS_INLINE void dense_body(const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, float *out)
{
    multiply(parts, count, n, bias, pad, NULL, out);
}
BY_PROCESSOR(void, dense, (const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, float *out),
             (parts, count, n, bias, pad, out))

ALWAYS_INLINE void dense_add_body(const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, const float *onto, float *out)
{
    multiply(parts, count, n, bias, pad, onto, out);
}
BY_PROCESSOR(void, dense_add, (const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, const float *onto, float *out),
             (parts, count, n, bias, pad, onto, out))
