using Lurm.Api.Operations;
using Lurm.Api.Security;
using Lurm.Store;

namespace Lurm.Api.OData;

/// <summary><c>POST Users/Lurm.Lookalike</c>: who is like this audience.</summary>
internal sealed class LookalikeHandler(HeavyWork heavy, OperationRegistry operations, TimeProvider time, ILogger<LookalikeHandler> logger)
{
    public async Task HandleAsync(ODataCall call)
    {
        call.Allow(HttpMethods.Post);
        if (call.Preferences.RespondAsync)
        {
            // The operation's own address takes it.
            call.Query.Allow();
        }

        call.Query.Allow(ODataQuery.SelectOption);
        call.Caller.Require(LurmRole.Aggregate);
        var select = call.Query.Select(call.Model.Edm, call.Model.Types.LookalikeResult, null);
        var query = await LookalikeBody.ReadAsync(call);
        var operation = operations.Start("lookalike", call.Caller);
        if (call.Preferences.RespondAsync)
        {
            Accept(call, query, operation);
            return;
        }

        try
        {
            var result = await RunAsync(call, query, operation, call.Aborted);
            await LookalikeAnswer.WriteAsync(call, result, operation, select);
            if (result.Members.Count <= call.PageSize || !Selection.Of(select).Has(LookalikeAnswer.MembersName))
            {
                operations.Remove(operation);
            }
        }
        catch
        {
            operations.Remove(operation);
            throw;
        }
    }

    /// <summary>Refuses an audience that is small enough to describe a person, without saying how small: that is what the floor hides.</summary>
    internal static void CheckFloors(LookalikeResult result, LurmApiOptions options)
    {
        if (result.MatchedSeeds < options.MinimumSeeds)
        {
            throw ApiException.Invalid($"Fewer than {options.MinimumSeeds} of the seeds are users here; expected at least so many, so that no audience describes a person.", "seeds");
        }

        if (result.Members.Count < options.MinimumMembers)
        {
            throw ApiException.Invalid($"The audience would have fewer than {options.MinimumMembers} members; expected at least so many, so that no audience describes a person.", "size");
        }
    }

    private void Accept(ODataCall call, LookalikeQuery query, Operation operation)
    {
        // The request's own services and cancellation end with its answer; what runs on needs neither.
        Task<LookalikeResult> running;
        try
        {
            running = RunAsync(call, query, operation, CancellationToken.None);
        }
        catch
        {
            operations.Remove(operation);
            throw;
        }

        _ = running.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        var location = new Uri(call.ServiceRoot, $"Operations('{operation.Id}')").AbsoluteUri;
        var response = call.Http.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers["Operation-Location"] = location;
        response.Headers.Location = location;
        response.Headers.RetryAfter = "1";
        response.Headers["Preference-Applied"] = "respond-async";
    }

    private Task<LookalikeResult> RunAsync(ODataCall call, LookalikeQuery query, Operation operation, CancellationToken aborted)
    {
        var lurm = call.Lurm;
        var options = call.Options;
        var start = time.GetTimestamp();
        return heavy.RunAsync(
            cancellationToken =>
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, operation.Cancelled);
                try
                {
                    var erasures = lurm.GetUserMoment().Erasures;
                    var result = lurm.Lookalike(query, either.Token);
                    CheckFloors(result, options);
                    operation.Succeed(result, erasures, time.GetUtcNow());
                    return result;
                }
                catch (OperationCanceledException)
                {
                    operation.Stop(time.GetUtcNow());
                    throw;
                }
                catch (Exception fault)
                {
                    operation.Fail(Problems.Of(fault, operation.Id).Without(lurm.Folder), time.GetUtcNow());
                    throw;
                }
                finally
                {
                    logger.OperationEnded(operation.Id, operation.Kind, operation.State.ToString(), (long)time.GetElapsedTime(start).TotalMilliseconds);
                }
            },
            aborted);
    }
}
