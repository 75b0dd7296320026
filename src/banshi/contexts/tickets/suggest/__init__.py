"""建议: category and unit of a letter by what people said of earlier letters, letters that say the same, and what many say
at once. It suggests with its reasons; somebody decides.

Plain methods that run here: `learning` (from letters to a model, measured), `model` (from a letter to suggestions),
`likeness` (near-same letters, hot topics). Nothing of it is imported at start.
"""
