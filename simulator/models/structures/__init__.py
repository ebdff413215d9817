"""Contours of structure sets to closed surfaces that hold every contour, and to patients.

The way of a ROI: contours in parallel planes (`contours`), their loose pieces told or dropped (`pieces`, `dropping`);
the signed distance to the contours of each slice, exact at the nodes of a grid in its plane (`distances`); the
surface where its interpolant has a level that no point of a contour exceeds (`distances.enclosing_level_mm` has the
proof, `level_set` the surface); simplified, cut by the planes of all slices and measured to hold all contours still
(`enclosing`, `sections`). `roles` says which ROI is what, `support` where the table is, `truncation` and `completion`
what the scan left out, and `patient` makes one value of it.
"""
