"""Words to scene to drawing: a storyboard thumbnail of a prompt, drawn by code in some 30 ms.

It knows neither models nor folders nor the network, and nothing here is a picture of a model: it is
a drawing by rule, of clothed mannequins, whatever the words say.
"""
