using Lurm.Store.Encoders;
using Lurm.Training.Algebra;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lurm.Training.Smen;

/// <summary>What the network holds for one bag input: how its periods are aggregated and where its vector goes.</summary>
internal sealed class BagModule : nn.Module
{
    private const double ScoreBound = 30;

    private readonly SmenShape _shape;
    private readonly Tensor? _mask;
    private readonly Parameter? _map;
    private readonly Parameter? _rates;
    private readonly Parameter? _query;
    private readonly Parameter? _ageBias;
    private readonly GRU? _gru;

    public BagModule(SmenShape shape, int bag)
        : base("bag")
    {
        _shape = shape;
        Input = shape.Bags[bag];
        var (start, length) = shape.Slice(bag);
        if (shape.Options.Aggregation != ScaleKind.Fusion)
        {
            var map = new float[shape.Width * shape.Dimensions];
            for (var i = 0; i < length; i++)
            {
                map[(i * shape.Dimensions) + start + i] = bag == 0 ? 1 : (float)(shape.Options.RecentStart ?? 1.75);
            }

            _map = new Parameter(tensor(map, [shape.Width, shape.Dimensions]));
        }

        if (shape.Options.Aggregation == ScaleKind.Reserved)
        {
            var mask = new float[shape.Dimensions];
            mask.AsSpan(start, length).Fill(1);
            _mask = tensor(mask, [1, shape.Dimensions]).DetachFromDisposeScope();
        }

        if (!SmenShape.IsSingle(Input))
        {
            switch (shape.Options.Time)
            {
                case TimeKind.Decay:
                    _rates = new Parameter(tensor(Enumerable.Repeat((float)(Math.Log(2) / HalfLifeInBagPeriods(shape)), shape.TableAnchors).ToArray()));
                    break;
                case TimeKind.Attention:
                    _query = new Parameter(zeros(shape.TableAnchors, shape.TableAnchorDimensions));
                    _ageBias = new Parameter(zeros(Input.MaxPeriods, shape.TableAnchors));
                    break;
                default:
                    _ageBias = new Parameter(zeros(Input.MaxPeriods, shape.Width));
                    _gru = nn.GRU(shape.Width, shape.Width, batchFirst: true);
                    break;
            }
        }

        RegisterComponents();
    }

    /// <summary>Its input.</summary>
    public BagInput Input { get; }

    /// <summary>Forgetting per period and anchor, shape [TableAnchors]; only for decay.</summary>
    public Parameter? Rates => _rates;

    /// <summary>Query per anchor, shape [TableAnchors, TableAnchorDimensions]; only for attention.</summary>
    public Parameter? Query => _query;

    /// <summary>Bias per age: shape [MaxPeriods, TableAnchors] for attention, [MaxPeriods, Width] for the recurrent unit.</summary>
    public Parameter? AgeBias => _ageBias;

    /// <summary>The recurrent unit.</summary>
    public GRU? Gru => _gru;

    /// <summary>The map into the representation, shape [Width, Dimensions], zero outside reserved anchors; none with fusion.</summary>
    public Tensor EffectiveMap() => _mask is null ? _map! : _map! * _mask;

    /// <summary>One vector per user, shape [B, Width], from one per part.</summary>
    public Tensor Aggregate(Tensor pooled, BagTensors bag)
    {
        if (SmenShape.IsSingle(Input))
        {
            return pooled;
        }

        var anchors = pooled.view(-1, _shape.TableAnchors, _shape.TableAnchorDimensions);
        switch (_shape.Options.Time)
        {
            case TimeKind.Decay:
                var factors = (-bag.Ages.to(float32).unsqueeze(1) * _rates!.clamp_min(Scalars.Real(0)).unsqueeze(0)).exp();
                return SumPerUser((anchors * factors.unsqueeze(2)).view(-1, _shape.Width), bag);

            case TimeKind.Attention:
                var scores = (anchors * _query!.unsqueeze(0)).sum(2).Plus(_ageBias!.index_select(0, bag.Ages)).clamp(Scalars.Real(-ScoreBound), Scalars.Real(ScoreBound)).exp();
                var totals = SumPerUser(scores, bag).clamp_min(Scalars.Real(1e-12));
                var weights = scores / totals.index_select(0, bag.PartUsers);
                return SumPerUser((anchors * weights.unsqueeze(2)).view(-1, _shape.Width), bag);

            default:
                var input = pooled.Plus(_ageBias!.index_select(0, bag.Ages));
                var places = bag.PartUsers.mul(Scalars.Whole(bag.MaxParts)).Plus(bag.Slots);
                var padded = zeros(bag.Users * bag.MaxParts, _shape.Width, device: pooled.device).index_add(0, places, input, Scalars.Whole(1)).view(bag.Users, bag.MaxParts, _shape.Width);
                var (states, _) = _gru!.call(padded, null);
                var last = bag.PartCounts.sub(Scalars.Whole(1)).clamp_min(Scalars.Whole(0)).view(-1, 1, 1).expand(-1, 1, _shape.Width);
                var present = bag.PartCounts.clamp_max(Scalars.Whole(1)).to(float32).unsqueeze(1);
                var mean = SumPerUser(pooled, bag) / bag.PartCounts.clamp_min(Scalars.Whole(1)).to(float32).unsqueeze(1);
                return mean.Plus(states.gather(1, last).squeeze(1) * present);
        }
    }

    private static Tensor SumPerUser(Tensor parts, BagTensors bag) =>
        zeros(bag.Users, parts.shape[1], device: parts.device).index_add(0, bag.PartUsers, parts, Scalars.Whole(1));

    private double HalfLifeInBagPeriods(SmenShape shape)
    {
        var periods = Input.Scale switch
        {
            Store.Histories.Scale.Season => 3,
            Store.Histories.Scale.Year => 12,
            _ => 1,
        };
        return Math.Max(0.25, (shape.Options.HalfLifePeriods ?? 4) / periods);
    }
}
