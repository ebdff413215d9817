"""What DICOM files say, as values: plans, structure sets, images. The only folder that knows pydicom.

Names, identifiers and dates of patients are never read, so that none can come into an output, a cache or a message.
"""
