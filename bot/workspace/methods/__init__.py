"""The Web API's methods, one module an area. Each is a plain function: a `Call` in, the fields of Slack's answer out.

What a method changes it adds to `call.happened`; where Slack would answer `ok: false` it raises `Refused`.
"""
