/* The info area of a TTHeader. */
#ifndef KX_INFOS_H
#define KX_INFOS_H

#include "compat.h"

/* Its protocol id, string infos and integer infos; NULL without an exception for an area that is not usual. */
PyObject *infos_read(const uint8_t *area, Py_ssize_t size);

#endif
