/* Numbers out of Python objects, when they are of the types that they should be. No Python code runs here. */
#ifndef KX_SCALARS_H
#define KX_SCALARS_H

#include "layout.h"
#include "table.h"

/* Of the class itself, mostly: that needs no look into the class. */
INLINE bool is_int(PyObject *value) { return LIKELY(Py_IS_TYPE(value, &PyLong_Type)) || PyLong_Check(value); }
INLINE bool is_float(PyObject *value) { return LIKELY(Py_IS_TYPE(value, &PyFloat_Type)) || PyFloat_Check(value); }

/* An int within the range of `kind`; ints of enums and bools are ints, too. */
INLINE bool integer_of(PyObject *value, int kind, int64_t *number)
{
    if (UNLIKELY(!is_int(value)) || UNLIKELY(!int_value(value, number)))
        return false;
    switch (kind) {
    case K_I8: return *number == (int8_t)*number;
    case K_I16: return *number == (int16_t)*number;
    case K_I32: case K_ENUM: return *number == (int32_t)*number;
    default: return true;
    }
}

/* The bits of a float, or of an int that a double can hold. */
INLINE bool double_of(PyObject *value, uint64_t *bits)
{
    double number;
    if (is_float(value))
        number = PyFloat_AS_DOUBLE(value);
    else {
        if (!PyLong_Check(value))
            return false;
        number = PyLong_AsDouble(value);
        if (number == -1.0 && PyErr_Occurred()) {
            PyErr_Clear();
            return false;
        }
    }
    memcpy(bits, &number, 8);
    return true;
}

/* Whether a value equals the default of its field, for values of exactly the types that we compare ourselves; others
 * are UNSURE. An int stands for a double only in the careful codec.
 */
typedef enum { DIFFERS, EQUALS, UNSURE } Likeness;

static inline Likeness likeness(PyObject *value, PyObject *other, int kind)
{
    int64_t left, right;
    if (value == other && kind != K_DOUBLE) /* NaN is not even equal to itself */
        return EQUALS;
    switch (kind) {
    case K_BOOL:
        return PyBool_Check(value) && PyBool_Check(other) ? DIFFERS : UNSURE;
    case K_I8: case K_I16: case K_I32: case K_I64: case K_ENUM:
        if (!PyLong_Check(value) || !PyLong_Check(other) || !int_value(value, &left) || !int_value(other, &right))
            return UNSURE;
        return left == right ? EQUALS : DIFFERS;
    case K_DOUBLE:
        if (!PyFloat_CheckExact(value) || !PyFloat_CheckExact(other))
            return UNSURE;
        return PyFloat_AS_DOUBLE(value) == PyFloat_AS_DOUBLE(other) ? EQUALS : DIFFERS;
    case K_STRING:
        if (!PyUnicode_CheckExact(value) || !PyUnicode_CheckExact(other))
            return UNSURE;
        return PyUnicode_Compare(value, other) == 0 ? EQUALS : DIFFERS;
    case K_BINARY:
        if (!PyBytes_CheckExact(value) || !PyBytes_CheckExact(other))
            return UNSURE;
        return PyBytes_GET_SIZE(value) == PyBytes_GET_SIZE(other)
                       && memcmp(PyBytes_AS_STRING(value), PyBytes_AS_STRING(other),
                                 (size_t)PyBytes_GET_SIZE(value)) == 0
                   ? EQUALS : DIFFERS;
    default:
        return UNSURE;
    }
}

#endif
