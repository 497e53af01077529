/* Objects of classes written in Python that are nothing but slots. */
#ifndef KX_SLOTS_H
#define KX_SLOTS_H

#include "compat.h"

/* Whether instances of `cls`, derived from object alone, hold nothing but slots. */
static inline bool is_only_slots(PyTypeObject *cls)
{
#ifdef Py_TPFLAGS_MANAGED_WEAKREF
    unsigned long odd = Py_TPFLAGS_IS_ABSTRACT | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF;
#elif defined(Py_TPFLAGS_MANAGED_DICT)
    unsigned long odd = Py_TPFLAGS_IS_ABSTRACT | Py_TPFLAGS_MANAGED_DICT;
#else
    unsigned long odd = Py_TPFLAGS_IS_ABSTRACT;
#endif
    if (!(cls->tp_flags & Py_TPFLAGS_HEAPTYPE) || !(cls->tp_flags & Py_TPFLAGS_HAVE_GC)
        || cls->tp_base != &PyBaseObject_Type || cls->tp_new != PyBaseObject_Type.tp_new
        || cls->tp_alloc != PyType_GenericAlloc || cls->tp_itemsize != 0 || cls->tp_flags & odd)
        return false;
    /* Only classes made by a `class` statement have this; what is not managed before the object makes it larger. */
    PyObject *slots = ((PyHeapTypeObject *)cls)->ht_slots;
    if (slots == NULL)
        return false;
    size_t size = sizeof(PyObject) + sizeof(PyObject *) * (size_t)PyTuple_GET_SIZE(slots);
    return cls->tp_basicsize == (Py_ssize_t)size;
}

/* A new object of the same class with the same in its slots; its class is one of `is_only_slots`. */
PyObject *slots_copy(PyObject *template);

#endif
