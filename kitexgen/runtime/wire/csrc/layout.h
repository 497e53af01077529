/* Ints, floats and ASCII strings, read and made without a call of the interpreter where its layout is known.
 *
 * Known are CPython 3.11 to 3.14 with a GIL, not built for debugging; everywhere else the public functions do it.
 * `layout_check` tries all of it when the module is imported: a build that differs is one that we do not load on.
 */
#ifndef KX_LAYOUT_H
#define KX_LAYOUT_H

#include "compat.h"

#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030F0000 && !defined(Py_GIL_DISABLED) && !defined(Py_DEBUG) \
    && !defined(Py_TRACE_REFS) && !defined(PYPY_VERSION) && !defined(KX_PUBLIC_API) && PYLONG_BITS_IN_DIGIT == 30
#define KX_LAYOUT 1
#else
#define KX_LAYOUT 0
#endif

/* Returns -1 with ImportError when the interpreter is not what this was compiled for. */
int layout_check(void);

#if KX_LAYOUT

/* The head of an ASCII string as PyUnicode_New makes it: type, one reference, state. Copied into each new one. */
extern PyASCIIObject layout_ascii;

/* Signs are 0 or -1, for arithmetic in the place of branches: they cannot be foretold. */
#if PY_VERSION_HEX < 0x030C0000
#define DIGITS_OF(integer) ((integer)->ob_digit)
#define DIGITS_AT offsetof(PyLongObject, ob_digit)
static inline void int_measure(PyLongObject *integer, int64_t *sign, size_t *count)
{
    Py_ssize_t size = Py_SIZE(integer);
    *sign = (int64_t)(size >> 63);
    *count = (size_t)((size ^ *sign) - *sign);
}
static inline void int_stamp(PyLongObject *integer, int64_t sign, size_t count)
{
    Py_SET_SIZE(integer, ((Py_ssize_t)count ^ sign) - sign);
}
#else
/* The tag is count << 3 | sign, with sign 0 for positive, 1 for zero, 2 for negative; from 3.14 on 4 marks small. */
#define DIGITS_OF(integer) ((integer)->long_value.ob_digit)
#define DIGITS_AT offsetof(PyLongObject, long_value.ob_digit)
static inline void int_measure(PyLongObject *integer, int64_t *sign, size_t *count)
{
    uintptr_t tag = integer->long_value.lv_tag;
    *sign = -(int64_t)(tag >> 1 & 1);
    *count = (size_t)(tag >> 3);
}
static inline void int_stamp(PyLongObject *integer, int64_t sign, size_t count)
{
    integer->long_value.lv_tag = (uintptr_t)count << 3 | (uintptr_t)(sign & 2);
}
#endif
#endif

/* The value of an int, or of an object of a class derived from it. False when it needs more than 64 bits. */
INLINE bool int_value(PyObject *integer, int64_t *value)
{
#if KX_LAYOUT
    int64_t sign;
    size_t count;
    int_measure((PyLongObject *)integer, &sign, &count);
    const digit *digits = DIGITS_OF((PyLongObject *)integer);
    uint64_t size = digits[0];
    if (count >= 2) {
        size |= (uint64_t)digits[1] << 30;
        if (count >= 3) {
            if (UNLIKELY(count > 3 || digits[2] >= 8))
                goto public;
            size |= (uint64_t)digits[2] << 60;
        }
    }
    else
        size &= 0 - (uint64_t)count;
    *value = (int64_t)((size ^ (uint64_t)sign) - (uint64_t)sign);
    return true;
public:;
#endif
    int overflow;
    long long found = PyLong_AsLongLongAndOverflow(integer, &overflow);
    *value = found;
    return !overflow;
}

/* The value of an int that is not negative, nor larger than 64 bits; false for others. */
INLINE bool unsigned_value(PyObject *integer, uint64_t *value)
{
    int64_t number;
    if (LIKELY(int_value(integer, &number))) {
        *value = (uint64_t)number;
        return number >= 0;
    }
    *value = PyLong_AsUnsignedLongLong(integer);
    if (*value != (uint64_t)-1 || !PyErr_Occurred())
        return true;
    PyErr_Clear();
    return false;
}

#if KX_LAYOUT
/* The head of an object in new memory, with one reference. Py_SET_REFCNT would look at what was left in that memory
 * first, from 3.12 on, and leave the count as it is where it looks like that of an immortal object.
 */
static inline void *object_begin(void *made, PyTypeObject *type)
{
#if PY_VERSION_HEX >= 0x030E0000 && SIZEOF_VOID_P > 4
    ((PyObject *)made)->ob_refcnt_full = 1; /* no flags */
#else
    ((PyObject *)made)->ob_refcnt = 1;
#endif
    Py_SET_TYPE((PyObject *)made, type);
    return made;
}
#endif

INLINE PyObject *int_new(int64_t value)
{
#if KX_LAYOUT
    int64_t sign = value >> 63;
    uint64_t size = ((uint64_t)value ^ (uint64_t)sign) - (uint64_t)sign;
    /* Small ints exist already; -2**63 has a fourth bit in its last digit. */
    if (size > 256 && LIKELY(size >> 63 == 0)) {
        PyLongObject *made = PyObject_Malloc(DIGITS_AT + 3 * sizeof(digit));
        if (UNLIKELY(made == NULL))
            return PyErr_NoMemory();
        object_begin(made, &PyLong_Type);
        int_stamp(made, sign, size < 1ULL << 30 ? 1 : size < 1ULL << 60 ? 2 : 3);
        digit *digits = DIGITS_OF(made);
        digits[0] = (digit)(size & PyLong_MASK);
        digits[1] = (digit)(size >> 30 & PyLong_MASK);
        digits[2] = (digit)(size >> 60);
        return (PyObject *)made;
    }
#endif
    return PyLong_FromLongLong(value);
}

INLINE PyObject *unsigned_new(uint64_t value)
{
    return LIKELY(value >> 63 == 0) ? int_new((int64_t)value) : PyLong_FromUnsignedLongLong(value);
}

INLINE PyObject *float_new(double value)
{
#if KX_LAYOUT
    PyFloatObject *made = PyObject_Malloc(sizeof(PyFloatObject));
    if (UNLIKELY(made == NULL))
        return PyErr_NoMemory();
    made->ob_fval = value;
    return object_begin(made, &PyFloat_Type);
#else
    return PyFloat_FromDouble(value);
#endif
}

/* An ASCII string of `size` >= 2 characters, to be filled at `ascii_text` at once; its closing NUL is there. */
static inline PyObject *ascii_new(Py_ssize_t size)
{
#if KX_LAYOUT
    PyASCIIObject *made = PyObject_Malloc(sizeof(PyASCIIObject) + (size_t)size + 1);
    if (UNLIKELY(made == NULL))
        return PyErr_NoMemory();
    memcpy(made, &layout_ascii, sizeof(PyASCIIObject));
    made->length = size;
    ((uint8_t *)(made + 1))[size] = 0;
    return (PyObject *)made;
#else
    return PyUnicode_New(size, 127);
#endif
}

static inline uint8_t *ascii_text(PyObject *text)
{
    return (uint8_t *)((PyASCIIObject *)text + 1);
}

/* Free a string of `ascii_new` that was not handed out. */
static inline void ascii_drop(PyObject *text)
{
#if KX_LAYOUT
    PyObject_Free(text);
#else
    Py_DECREF(text);
#endif
}

#endif
