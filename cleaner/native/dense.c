/* The one kind of arithmetic that a network is made of: rows of numbers times a matrix. */
#include "native.h"

#if defined(__GNUC__)
typedef float Vector __attribute__((vector_size(4 * PAD), aligned(4), may_alias));

/* A few lines by a few vectors, all kept in registers. */
#define TILE(LINES, VECTORS)                                                                                           \
    ALWAYS_INLINE void tile_##LINES##_##VECTORS(const Part *parts, int count, Py_ssize_t line, const float *bias, int pad, \
                                                int column, float *out)                                                \
    {                                                                                                                  \
        Vector sum[LINES][VECTORS];                                                                                    \
        for (int l = 0; l < LINES; l++)                                                                                \
            for (int v = 0; v < VECTORS; v++)                                                                          \
                sum[l][v] = *(const Vector *)(bias + column + v * PAD);                                                \
        for (int p = 0; p < count; p++) {                                                                              \
            const float *from = parts[p].from + line * parts[p].stride, *weights = parts[p].weights + column;          \
            const Py_ssize_t stride = parts[p].stride;                                                                 \
            for (int k = 0; k < parts[p].size; k++, weights += pad) {                                                  \
                Vector w[VECTORS];                                                                                     \
                for (int v = 0; v < VECTORS; v++)                                                                      \
                    w[v] = *(const Vector *)(weights + v * PAD);                                                       \
                for (int l = 0; l < LINES; l++) {                                                                      \
                    const float number = from[l * stride + k];                                                         \
                    for (int v = 0; v < VECTORS; v++)                                                                  \
                        sum[l][v] += number * w[v];                                                                    \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        for (int l = 0; l < LINES; l++)                                                                                \
            for (int v = 0; v < VECTORS; v++)                                                                          \
                *(Vector *)(out + (line + l) * pad + column + v * PAD) = sum[l][v];                                    \
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
            tile_##LINES##_##VECTORS(parts, count, i, bias, pad, column, out);                                         \
        if (i < n && n >= LINES) /* the rest, and some once more */                                                    \
            tile_##LINES##_##VECTORS(parts, count, n - LINES, bias, pad, column, out);                                 \
        else                                                                                                           \
            for (; i < n; i++)                                                                                         \
                tile_1_##VECTORS(parts, count, i, bias, pad, column, out);                                             \
    } while (0)

ALWAYS_INLINE void dense_body(const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, float *out)
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
ALWAYS_INLINE void dense_body(const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, float *out)
{
    for (Py_ssize_t i = 0; i < n; i++, out += pad) {
        memcpy(out, bias, (size_t)pad * sizeof(float));
        for (int p = 0; p < count; p++) {
            const float *from = parts[p].from + i * parts[p].stride, *weights = parts[p].weights;
            for (int k = 0; k < parts[p].size; k++, weights += pad)
                for (int j = 0; j < pad; j++)
                    out[j] += from[k] * weights[j];
        }
    }
}
#endif

BY_PROCESSOR(void, dense, (const Part *parts, int count, Py_ssize_t n, const float *bias, int pad, float *out),
             (parts, count, n, bias, pad, out))
