"""A net as a program of Keras 3, and as the JSON that `keras.models.model_from_json` loads."""
